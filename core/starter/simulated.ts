import { join } from 'node:path';
import { splits } from '../contract/entities.ts';
import { randomStream } from '../data/random.ts';
import { readPrompts } from '../data/records.ts';
import type { Completion } from './flaws.ts';
import { LABELERS, rank } from './labelers.ts';
import { goldScore } from './preference.ts';
import type { Task } from './task.ts';

/** The labelers of the little world, for whoever knows a prompt by its text alone. */
export class StarterLabelers {
  readonly names: readonly string[] = LABELERS.map(({ name }) => name);
  readonly #folder: string;
  #tasks: ReadonlyMap<string, Task> | undefined;

  /** Takes the folder of the starter, whose prompts say what they ask for; it is read when first needed. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The hidden preference, 0 to 1; undefined for a prompt of another world. */
  gold(prompt: string, completion: Completion): number | undefined {
    const task = this.#taskOf(prompt);
    return task && goldScore(task, completion.text, completion).score;
  }

  /** Ranks of completions of one prompt, 1 best, equal is a tie; undefined where either is not of this world. */
  rank(
    name: string,
    prompt: string,
    completions: readonly Completion[],
    seed: number,
  ): readonly number[] | undefined {
    const task = this.#taskOf(prompt);
    const labeler = LABELERS.find((each) => each.name === name);
    return (
      task && labeler && rank(labeler, task, completions, randomStream(seed, 'rank', name, prompt)).ranks
    );
  }

  #taskOf(prompt: string): Task | undefined {
    this.#tasks ??= readTasks(this.#folder);
    return this.#tasks.get(prompt.trim());
  }
}

/** By the text of their prompts, less the white space around it. */
function readTasks(folder: string): ReadonlyMap<string, Task> {
  const records = splits.flatMap((split) => readPrompts(join(folder, `prompts.${split}.jsonl`)));
  return new Map(records.map(({ prompt, task }) => [prompt.trim(), task as Task]));
}
