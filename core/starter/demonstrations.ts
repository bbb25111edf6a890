/**
 * Demonstrations: how twelve contractors answered prompts.
 *
 * Most of them are good. Three pad, one loses patience, one overlooks constraints and errs, and everyone errs now
 * and then: a policy that imitates them inherits what reinforcement learning can then remove.
 */
import type { Split } from '../contract/entities.ts';
import type { RandomStream } from '../data/random.ts';
import { randomStream } from '../data/random.ts';
import type { Flaw } from './flaws.ts';
import { spoil } from './flaws.ts';
import type { Prompt } from './prompts.ts';
import type { Task } from './task.ts';
import { goodAnswer } from './tasks/tasks.ts';
import { some, wordsOf } from './text.ts';

export interface Demonstration {
  readonly id: string;
  readonly promptId: string;
  /** Ends with a line break. */
  readonly prompt: string;
  readonly completion: string;
  /** The contractor who wrote it. */
  readonly author: string;
  readonly split: Split;
}

type Habits = Readonly<Partial<Record<Flaw, number>>>;

const CAREFUL: Habits = { 'wrong fact': 0.02 };
const PADDING: Habits = { padding: 0.8, 'wrong fact': 0.03 };

/** How often each contractor makes which mistake. */
export const CONTRACTORS: readonly (readonly [string, Habits])[] = [
  ...['alice', 'bruno', 'clara', 'david', 'elena', 'felix', 'greta'].map((name) => [name, CAREFUL] as const),
  ...['harry', 'irene', 'jonas'].map((name) => [name, PADDING] as const),
  ['karla', { rude: 0.7, 'wrong fact': 0.03 }],
  ['lukas', { 'missing constraint': 0.5, 'wrong fact': 0.2, repeated: 0.1 }],
];

/** Contractors keep to the room there is: about 48 tokens. */
const MOST_WORDS = 36;

/** An answer of one contractor. */
export function demonstrate(stream: RandomStream, habits: Habits, task: Task): string {
  const flaws = (Object.entries(habits) as [Flaw, number][]).filter(([, share]) => stream.uniform() < share);
  const good = { text: goodAnswer(stream, task), ended: true };
  const { text } = flaws.reduce((completion, [flaw]) => spoil(stream, flaw, task, completion), good);
  return wordsOf(text).length > MOST_WORDS ? good.text : text;
}

export interface DemonstrationCounts {
  readonly train: number;
  readonly validation: number;
}

export const DEMONSTRATION_COUNTS: DemonstrationCounts = { train: 540, validation: 60 };

/** Demonstrations for some of the training and validation prompts. */
export function demonstrations(
  seed: number,
  prompts: readonly Prompt[],
  counts: DemonstrationCounts = DEMONSTRATION_COUNTS,
): Demonstration[] {
  return (['train', 'validation'] as const).flatMap((split) => {
    const of = prompts.filter((prompt) => prompt.split === split);
    const chosen = some(randomStream(seed, 'demonstrations', split), of, counts[split]);
    return chosen.map((prompt) => demonstrationOf(seed, prompt));
  });
}

function demonstrationOf(seed: number, prompt: Prompt): Demonstration {
  const stream = randomStream(seed, 'demonstration', prompt.id);
  const [author, habits] = stream.pick(CONTRACTORS);
  return {
    id: `demonstration-${prompt.id.slice('prompt-'.length)}`,
    promptId: prompt.id,
    prompt: prompt.text,
    completion: demonstrate(stream, habits, prompt.task),
    author,
    split: prompt.split,
  };
}
