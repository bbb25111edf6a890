import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPrompts, readRankings } from '../../../core/data/records.ts';
import type { SimulatedLabelers } from '../../../core/evaluation/simulated-labelers.ts';
import { goldScore } from '../../../core/starter/preference.ts';
import { StarterLabelers } from '../../../core/starter/simulated.ts';
import type { Task } from '../../../core/starter/task.ts';
import { repository } from '../host/cli.ts';

const starter = join(repository, 'resources/starter');
const labelers: SimulatedLabelers = new StarterLabelers(starter);

const ranked = readRankings(join(starter, 'rankings.validation.jsonl')).slice(0, 60);
const seen = ({ completions, ended }: (typeof ranked)[number]) =>
  completions.map((text, i) => ({ text, ended: (ended as boolean[])[i]! }));

test('are known by the names of the starter', () => {
  expect(labelers.names).toEqual(['Amir', 'Bea', 'Chen', 'Dana', 'Emil', 'Fay', 'Gus', 'Hana']);
});

test('know every prompt of the starter by its text, white space around it aside', () => {
  for (const { prompt, task } of readPrompts(join(starter, 'prompts.test.jsonl')).slice(0, 50)) {
    const { score } = goldScore(task as Task, 'It is a bird.', { ended: true });
    expect(labelers.gold(prompt.trim(), { text: 'It is a bird.', ended: true })).toBe(score);
  }
});

test('know nothing of other prompts, and nobody else', () => {
  const [completions] = ranked.map(seen);
  expect(labelers.gold('What is a quark?', completions![0]!)).toBeUndefined();
  expect(labelers.rank('Amir', 'What is a quark?', completions!, 1)).toBeUndefined();
  expect(labelers.rank('Nobody', ranked[0]!.prompt, completions!, 1)).toBeUndefined();
});

test('rank the same from the same seed, and see through noise from another', () => {
  const all = (seed: number) => ranked.map((each) => labelers.rank('Bea', each.prompt, seen(each), seed));
  expect(all(1)).toEqual(all(1));
  expect(all(2)).not.toEqual(all(1));
});

test('rank first what the hidden preference likes best, more often than chance', () => {
  const hits = ranked.filter((each) => {
    const ranks = labelers.rank('Chen', each.prompt, seen(each), 3)!;
    const scores = seen(each).map((completion) => labelers.gold(each.prompt, completion)!);
    return ranks[scores.indexOf(Math.max(...scores))] === 1;
  });
  expect(hits.length / ranked.length).toBeGreaterThan(0.7);
});
