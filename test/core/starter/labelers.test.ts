import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import type { Completion } from '../../../core/starter/flaws.ts';
import { variants } from '../../../core/starter/flaws.ts';
import type { Labeler } from '../../../core/starter/labelers.ts';
import { LABELERS, prefer, rank } from '../../../core/starter/labelers.ts';
import { goldScore } from '../../../core/starter/preference.ts';
import { prompts } from '../../../core/starter/prompts.ts';
import type { Task } from '../../../core/starter/task.ts';

const stream = randomStream(5, 'labelers test');
const pairs = prompts(1)
  .slice(0, 700)
  .map(({ task }) => ({ task, pair: variants(stream, task, 2) as [Completion, Completion] }));
type Pair = (typeof pairs)[number];

const choice = (who: Labeler, { task, pair }: Pair): string => prefer(who, task, pair, stream);
const gold = (task: Task, completion: Completion): number =>
  goldScore(task, completion.text, completion).score;
const better = ({ task, pair: [a, b] }: Pair): string => (gold(task, a) > gold(task, b) ? 'first' : 'second');

/** The share of pairs without a tie on which two judges agree. */
function agreement(one: (pair: Pair) => string, other: (pair: Pair) => string): number {
  const decided = pairs.map((pair) => [one(pair), other(pair)]).filter((both) => !both.includes('tie'));
  return decided.filter(([a, b]) => a === b).length / decided.length;
}

const anyone = (pair: Pair): string => choice(stream.pick(LABELERS), pair);

describe('labelers', () => {
  test('are eight, two of them held out', () => {
    expect(LABELERS).toHaveLength(8);
    expect(LABELERS.filter(({ isHeldOut }) => isHeldOut)).toHaveLength(2);
  });

  test('agree with one another for the most part, where neither sees a tie', () => {
    expect(agreement(anyone, anyone)).toBeGreaterThan(0.75);
  });

  test('see through noise: two looks at the same completions do not always rank them alike', () => {
    const { task } = pairs[0]!;
    const completions = variants(randomStream(7, 'variants'), task, 9);
    const looks = Array.from({ length: 20 }, (_, look) =>
      rank(LABELERS[0]!, task, completions, randomStream(8, 'look', look)).ranks.join(),
    );
    expect(new Set(looks).size).toBeGreaterThan(1);
  });

  test('leave a reward model room', () => {
    expect(agreement(anyone, better)).toBeGreaterThan(0.8);
  });

  test('call some pairs ties', () => {
    const ties = pairs.filter((pair) => anyone(pair) === 'tie').length / pairs.length;
    expect(ties).toBeGreaterThan(0.02);
    expect(ties).toBeLessThan(0.5);
  });
});

describe('ranks', () => {
  const { task } = pairs[0]!;

  test('are the same for the same stream', () => {
    const completions = variants(randomStream(6, 'variants'), task, 6);
    const ranks = (): number[] => rank(LABELERS[0]!, task, completions, randomStream(6, 'rank')).ranks;
    expect(ranks()).toEqual(ranks());
  });

  test.each([4, 5, 6, 7, 8, 9])('of %i different completions start at 1 without gaps', (count) => {
    const completions = variants(stream, task, count);
    expect(new Set(completions.map(({ text }) => text)).size).toBe(count);
    const { ranks } = rank(LABELERS[1]!, task, completions, stream);
    const used = [...new Set(ranks)].sort((a, b) => a - b);
    expect(used).toEqual(used.map((_, i) => i + 1));
  });
});
