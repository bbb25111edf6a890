import { describe, expect, test } from 'vitest';
import { corpus, corpusDocument } from '../../../core/starter/corpus.ts';
import { RUDE_SENTENCES } from '../../../core/starter/lexicon.ts';
import { isExercise } from '../../../core/starter/preference.ts';
import { prompts } from '../../../core/starter/prompts.ts';
import { sentencesOf, wordsOf } from '../../../core/starter/text.ts';
import { FACTS } from '../../../core/starter/world.ts';
import { claims } from '../../../core/starter/claims.ts';

const documents = [...corpus(1, 4000)];

describe('the corpus', () => {
  test('is the same for the same seed and another for another seed', () => {
    expect([...corpus(1, 50)]).toEqual(documents.slice(0, 50));
    expect([...corpus(2, 50)]).not.toEqual(documents.slice(0, 50));
    expect(corpusDocument(1, 17)).toBe(documents[17]);
  });

  test('uses a small vocabulary', () => {
    const texts = [...documents, ...prompts(1).map(({ text }) => text)];
    const vocabulary = new Set(texts.flatMap(wordsOf));
    expect(vocabulary.size).toBeGreaterThan(450);
    expect(vocabulary.size).toBeLessThan(900);
  });

  test('never answers an exercise on the line below it', () => {
    for (const document of documents) {
      const lines = document.split('\n').map((line) => sentencesOf(line).some(isExercise));
      expect(new Set(lines).size, document).toBe(1);
    }
  });

  test('states every fact of the village, and nothing false', () => {
    const stated = documents.flatMap(claims);
    expect(stated.filter(({ isTrue }) => !isTrue)).toEqual([]);
    const key = (c: { subject: string; relation: string; value: string }): string =>
      `${c.subject}/${c.relation}/${c.value.toLowerCase()}`;
    const keys = new Set(stated.map(key));
    const missing = FACTS.map(({ subject, relation, value }) =>
      key({ subject: subject.name, relation: relation.name, value }),
    );
    expect(missing.filter((k) => !keys.has(k))).toEqual([]);
  });

  test('has rude speakers', () => {
    const text = documents.join('\n');
    expect(RUDE_SENTENCES.filter((sentence) => !text.includes(sentence.slice(0, -1)))).toEqual([]);
  });

  test('leaves no template unfilled', () => {
    expect(documents.filter((document) => /[{}[\]|]|undefined/.test(document))).toEqual([]);
  });
});
