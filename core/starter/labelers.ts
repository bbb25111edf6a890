/**
 * Simulated labelers: people who share the hidden preference up to taste and attention.
 *
 * Each weighs the parts in an own way, sees quality through noise, and calls small differences a tie. Two are
 * held out: their labels only evaluate. Close calls are ties, so on what is left they agree more than people do.
 */
import type { RandomStream } from '../data/random.ts';
import { randomStream } from '../data/random.ts';
import type { Completion } from './flaws.ts';
import type { Weights } from './preference.ts';
import { PARTS, WEIGHTS, judge, weigh } from './preference.ts';
import type { Task } from './task.ts';

export interface Labeler {
  readonly name: string;
  readonly weights: Weights;
  /** The standard deviation of what the labeler sees around what is there. */
  readonly noise: number;
  /** Differences below this are ties. */
  readonly tieThreshold: number;
  /** Held-out labelers produce no training labels. */
  readonly isHeldOut: boolean;
}

const NAMES = ['Amir', 'Bea', 'Chen', 'Dana', 'Emil', 'Fay', 'Gus', 'Hana'] as const;
const HELD_OUT = 2;
const TASTE = 0.35;
/** The labelers are the same people in every project. */
const PEOPLE_SEED = 7;

function labeler(name: string, index: number): Labeler {
  const stream = randomStream(PEOPLE_SEED, 'labeler', name);
  const weights = PARTS.map((part) => [part, WEIGHTS[part] * Math.exp(TASTE * stream.normal())] as const);
  return {
    name,
    weights: Object.fromEntries(weights) as Weights,
    noise: 0.04 + 0.02 * stream.uniform(),
    tieThreshold: 0.12 + 0.03 * stream.uniform(),
    isHeldOut: index >= NAMES.length - HELD_OUT,
  };
}

/** All labelers; the last two are held out. */
export const LABELERS: readonly Labeler[] = NAMES.map(labeler);

/** How good a completion seems to a labeler at one look. */
function utility(who: Labeler, task: Task, { text, ended }: Completion, stream: RandomStream): number {
  return weigh(task, judge(task, text, { ended }), who.weights) + who.noise * stream.normal();
}

/** Ranks of completions, 1 for the best; equal ranks are ties. Ranks after a tie go on without a gap. */
export function rank(
  who: Labeler,
  task: Task,
  completions: readonly Completion[],
  stream: RandomStream,
): { ranks: number[] } {
  const seen = completions.map((completion) => utility(who, task, completion, stream));
  const order = seen.map((_, i) => i).sort((a, b) => seen[b]! - seen[a]!);
  const ranks = new Array<number>(completions.length).fill(1);
  let [best, current] = [seen[order[0]!] ?? 0, 1];
  for (const i of order) {
    if (best - seen[i]! > who.tieThreshold) [best, current] = [seen[i]!, current + 1];
    ranks[i] = current;
  }
  return { ranks };
}

/** Which of two completions a labeler prefers. */
export function prefer(
  who: Labeler,
  task: Task,
  pair: readonly [Completion, Completion],
  stream: RandomStream,
): 'first' | 'second' | 'tie' {
  const [first, second] = rank(who, task, pair, stream).ranks;
  return first === second ? 'tie' : first! < second! ? 'first' : 'second';
}
