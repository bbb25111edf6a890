import type { CallArguments, CallOutput } from '../contract/calls.ts';
import type { QueueCounts } from '../contract/entities.ts';
import { ProjectError } from '../contract/errors.ts';
import { answered, Answers, touched } from './answers.ts';
import type { Change, Changes } from './changes.ts';
import type { Labelers } from './labelers.ts';
import type { Prompts } from './prompts.ts';
import type { Store } from './store.ts';

/** The first prompt that nobody has answered and this labeler has not skipped. */
export const firstToDemonstrate = `
  SELECT id FROM prompts WHERE retired_change IS NULL AND answers = 0
    AND NOT ${answered('demonstrate', 'prompts.id')} ORDER BY id LIMIT 1`;

const isBeside = `(answers = 0 OR ${touched('demonstrate', 'prompts.id')})`;

/** What lies beside a prompt in a labeler's queue: what nobody has answered, and what this one touched. */
export const besideToDemonstrate = {
  next: `SELECT id FROM prompts WHERE retired_change IS NULL AND id > $item AND ${isBeside}
    ORDER BY id LIMIT 1`,
  previous: `SELECT id FROM prompts WHERE retired_change IS NULL AND id < $item AND ${isBeside}
    ORDER BY id DESC LIMIT 1`,
} as const;

/** The queue of prompts to demonstrate, in the order in which they came. */
export class Demonstrations {
  readonly #store: Store;
  readonly #prompts: Prompts;
  readonly #labelers: Labelers;
  readonly #answers: Answers;

  constructor(store: Store, changes: Changes, prompts: Prompts, labelers: Labelers) {
    this.#store = store;
    this.#prompts = prompts;
    this.#labelers = labelers;
    this.#answers = new Answers(store, changes, 'demonstrate');
  }

  /** Null at either end of the queue. */
  item({ labeler, item, move }: CallArguments<'demonstrate.item'>): CallOutput<'demonstrate.item'> {
    this.#labelers.require(labeler);
    const id = this.#place(labeler, item, move);
    const prompt = id === undefined ? undefined : this.#prompts.get(id);
    if (prompt === undefined) return null;
    const standing = this.#answers.standing({ labeler, item: prompt.id });
    return { prompt, ...standing, submitted: this.#submitted(labeler, prompt.id) };
  }

  /**
   * Queues an exchange from elsewhere: its prompt, added where it is new, with the text as the labeler's draft. Throws
   * a `ProjectError` where they have another draft of it.
   */
  add({ labeler, prompt: text, text: draft }: CallArguments<'demonstrate.add'>): { prompt: number } {
    return this.#store.transaction(() => {
      const prompt = this.#prompts.findOrAdd(text);
      const { draft: before } = this.#answers.standing({ labeler, item: prompt });
      if (before !== null && before !== draft)
        throw new ProjectError(
          `prompt ${prompt} has a draft of yours already: submit it in Demonstrate, or empty it, before you send another text`,
        );
      this.saveDraft({ labeler, prompt, text: draft });
      return { prompt };
    });
  }

  saveDraft({ labeler, prompt, text }: CallArguments<'demonstrate.saveDraft'>): void {
    this.#check(labeler, prompt);
    this.#answers.saveDraft({ labeler, item: prompt }, text === '' ? null : text);
  }

  submit({ labeler, prompt, text, effort, startedFrom }: CallArguments<'demonstrate.submit'>): Change {
    this.#check(labeler, prompt);
    return this.#answers.submit({ labeler, item: prompt }, effort, { text, started_from: startedFrom });
  }

  skip({ labeler, prompt, reason, effort }: CallArguments<'demonstrate.skip'>): Change {
    this.#check(labeler, prompt);
    return this.#answers.skip({ labeler, item: prompt }, effort, { reason });
  }

  flag({ labeler, prompt, reason }: CallArguments<'demonstrate.flag'>): Change {
    this.#check(labeler, prompt);
    return this.#answers.flag({ labeler, item: prompt }, reason);
  }

  counts({ labeler }: CallArguments<'demonstrate.counts'>): QueueCounts {
    const pending = this.#store.value<number>(
      `SELECT count(*) - (
         SELECT count(*) FROM prompts WHERE retired_change IS NULL AND answers = 0 AND id IN (
           SELECT prompt FROM demonstrations WHERE labeler = $labeler AND state = 'skipped' AND retired_change IS NULL
           UNION ALL SELECT item FROM drafts WHERE labeler = $labeler AND queue = 'demonstrate'))
       FROM prompts WHERE retired_change IS NULL AND answers = 0`,
      { labeler },
    );
    return { pending, ...this.#answers.counts(labeler) };
  }

  count(): number {
    return this.#store.value<number>(
      `SELECT count(*) FROM demonstrations WHERE retired_change IS NULL AND state = 'submitted'`,
    );
  }

  #place(labeler: number, item: number | undefined, move: 'stay' | 'next' | 'previous'): number | undefined {
    if (item === undefined) return this.#store.column<number>(firstToDemonstrate, { labeler })[0];
    if (move === 'stay') return item;
    return this.#store.column<number>(besideToDemonstrate[move], { item, labeler })[0];
  }

  #submitted(labeler: number, prompt: number): string | null {
    const sql = 'SELECT text FROM demonstrations WHERE prompt = ? AND labeler = ? AND retired_change IS NULL';
    return this.#store.column<string | null>(sql, prompt, labeler)[0] ?? null;
  }

  #check(labeler: number, prompt: number): void {
    this.#labelers.require(labeler);
    this.#prompts.require(prompt);
  }
}
