import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDemonstrations, readPrompts, readRankings, readTexts } from '../../core/data/records.ts';
import { loadModel, readWeights } from '../../core/model/model.ts';
import { Tokenizer } from '../../core/model/tokenizer.ts';
import { demonstrations } from '../../core/starter/demonstrations.ts';
import { LABELERS } from '../../core/starter/labelers.ts';
import { prompts } from '../../core/starter/prompts.ts';

const starter = join(import.meta.dirname, '../../resources/starter');
const at = (name: string) => join(starter, name);
const splits = ['train', 'validation', 'test'] as const;

it('the base model is small and whole', () => {
  const model = loadModel(at('model'));
  const { config, head } = model;
  const parameters = [...readWeights(model).values()].reduce((total, { length }) => total + length, 0);
  expect(head).toBe('language');
  expect(parameters).toBeLessThanOrEqual(3e6);
  expect(Tokenizer.load(at('model')).vocabularySize).toBe(config.vocabularySize);
  const files = ['model.safetensors', 'config.json', 'tokenizer.json', 'tokenizer_config.json'];
  const bytes = files.reduce((total, name) => total + statSync(join(at('model'), name)).size, 0);
  expect(bytes).toBeLessThanOrEqual(8e6);
});

it('prompts are those that the generator writes, at least 2,000 of them and all distinct', () => {
  const generated = prompts(1);
  const written = splits.flatMap((split) => readPrompts(at(`prompts.${split}.jsonl`)));
  expect(new Set(written.map(({ prompt }) => prompt)).size).toBe(written.length);
  expect(written.length).toBeGreaterThanOrEqual(2000);
  expect(written.map(({ prompt }) => prompt).sort()).toEqual(generated.map(({ text }) => text).sort());
});

it('no author has prompts in two splits', () => {
  const authors = splits.map(
    (split) => new Set(readPrompts(at(`prompts.${split}.jsonl`)).map(({ author }) => author)),
  );
  for (const [i, one] of authors.entries())
    for (const other of authors.slice(i + 1)) expect(one.intersection(other).size).toBe(0);
});

it('demonstrations are those that the generator writes', () => {
  const written = (['train', 'validation'] as const).flatMap((split) =>
    readDemonstrations(at(`demonstrations.${split}.jsonl`)),
  );
  const generated = demonstrations(1, prompts(1));
  const pair = ({ prompt, completion }: { prompt: string; completion: string }) => prompt + completion;
  expect(written.map(pair).sort()).toEqual(generated.map(pair).sort());
});

describe('rankings', () => {
  const train = readRankings(at('rankings.train.jsonl'));
  const validation = readRankings(at('rankings.validation.jsonl'));

  it('have 4 to 9 completions, and ties', () => {
    const sizes = [...train, ...validation].map(({ completions }) => completions.length);
    expect(Math.min(...sizes)).toBe(4);
    expect(Math.max(...sizes)).toBe(9);
    expect(train.some(({ ranks }) => new Set(ranks).size < ranks.length)).toBe(true);
  });

  it('come from training prompts and from labelers who are not held out', () => {
    const asked = new Set(readPrompts(at('prompts.train.jsonl')).map(({ prompt }) => prompt));
    const heldOut = new Set(LABELERS.filter(({ isHeldOut }) => isHeldOut).map(({ name }) => name));
    expect(train.every(({ prompt }) => asked.has(prompt))).toBe(true);
    expect(train.some(({ labeler }) => heldOut.has(labeler!))).toBe(false);
    expect(validation.some(({ prompt }) => asked.has(prompt))).toBe(false);
  });
});

it('pretraining text and its validation share no document', () => {
  const read = (name: string) => new Set(readTexts(at(name)).map(({ text }) => text));
  const [train, validation] = [read('pretraining.jsonl'), read('pretraining.validation.jsonl')];
  expect(train.intersection(validation).size / validation.size).toBeLessThan(0.05);
});

it('the project says how it was made', () => {
  expect(existsSync(at('build.json'))).toBe(true);
});
