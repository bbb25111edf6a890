import type { Origin } from '../contract/entities.ts';
import { randomStream } from '../data/random.ts';
import type { Store } from './store.ts';
import { insert, nextVersion } from './versions.ts';

export interface NewCompletion {
  readonly text: string;
  readonly origin: Origin;
}

export interface NewRankingItem {
  readonly prompt: number;
  readonly completions: readonly NewCompletion[];
  /** The larger it is, the sooner the item comes in the order by uncertainty. */
  readonly uncertainty?: number;
}

/** What new items are of, where they are of something. */
interface Belonging {
  readonly evaluation?: number;
  readonly round?: number;
}

export interface QueuedItem {
  readonly id: number;
  readonly completions: readonly number[];
}

export interface RankingItemRow {
  readonly id: number;
  readonly prompt: number;
  readonly position: number;
  readonly confidence: number;
  readonly reaskOf: number | null;
  readonly evaluation: number | null;
}

export interface WaitingItem {
  readonly id: number;
  readonly prompt: string;
  readonly completions: string[];
}

/** Completions of one prompt that wait to be ranked together, or were. */
export class RankingItems {
  readonly #store: Store;
  readonly #seed: number;

  /** All chance comes from the project's seed, so that queues and orders stay as they are. */
  constructor(store: Store, seed: number) {
    this.#store = store;
    this.#seed = seed;
  }

  /** As a part of a change; the ids that they and their completions get. */
  insertAll(change: number, items: readonly NewRankingItem[], belonging: Belonging = {}): QueuedItem[] {
    const first = nextVersion(this.#store, 'ranking_items');
    let completion = this.#store.value<number>('SELECT coalesce(max(id), 0) + 1 FROM completions');
    const insertCompletions = (item: number, completions: readonly NewCompletion[]): number[] => {
      const ids = idsByText(completions, completion);
      completions.forEach((fields, i) => this.#insertCompletion(ids[i]!, item, fields));
      completion += completions.length;
      return ids;
    };
    return items.map(({ prompt, completions, uncertainty }, i) => {
      const id = first + i;
      const chance = { position: this.#position(id, belonging), draw: this.#uniform('overlap', id) };
      insert(this.#store, 'ranking_items', change, {
        id,
        prompt,
        completions: completions.length,
        ...chance,
        ...(uncertainty !== undefined && { confidence: -uncertainty }),
        ...belonging,
      });
      return { id, completions: insertCompletions(id, completions) };
    });
  }

  /** At random; those of a round before all others, and of the newest round first, as its training waits for them. */
  #position(id: number, { round = 0 }: Belonging): number {
    return this.#uniform('position', id) - round;
  }

  #insertCompletion(id: number, item: number, { text, origin }: NewCompletion): void {
    const sql = 'INSERT INTO completions (id, item, text, origin) VALUES (?, ?, ?, ?)';
    this.#store.run(sql, id, item, text, JSON.stringify(origin));
  }

  get(id: number): RankingItemRow | undefined {
    return this.#store.get<RankingItemRow>(
      `SELECT id, prompt, position, confidence, reask_of AS reaskOf, evaluation FROM ranking_items
       WHERE id = ? AND retired_change IS NULL`,
      id,
    );
  }

  /** By id. A silent re-ask shows those of the item it repeats. */
  completions({ id, reaskOf }: RankingItemRow): { id: number; text: string; origin: string }[] {
    const sql = 'SELECT id, text, origin FROM completions WHERE item = ? ORDER BY id';
    return this.#store.all(sql, reaskOf ?? id);
  }

  /** The order in which a labeler sees the completions of an item follows from this. */
  seedFor(item: number, labeler: number): number {
    return randomStream(this.#seed, 'shown order', item, labeler).bits() >>> 1;
  }

  /**
   * As a part of a first submission: queues the item once more for the same labeler, for a share of them, at a
   * random place among what is still to come. Never one of an evaluation.
   */
  askAgain(
    change: number,
    { id, prompt, position, confidence, reaskOf, evaluation }: RankingItemRow,
    labeler: number,
    share: number,
  ): void {
    if (reaskOf !== null || evaluation !== null) return;
    if (this.#uniform('re-ask', id, labeler) >= share || this.#isAskedAgain(id, labeler)) return;
    const place = this.#uniform('re-ask position', id, labeler);
    const again = nextVersion(this.#store, 'ranking_items');
    insert(this.#store, 'ranking_items', change, {
      id: again,
      prompt,
      position: position + place * (1 - position),
      draw: 1,
      confidence: place * confidence,
      reask_of: id,
      labeler,
    });
  }

  /** Those of the queue: an evaluation's wait for nobody's training. */
  waiting(): WaitingItem[] {
    const rows = this.#store.all<{ id: number; prompt: string; completion: string }>(
      `SELECT items.id, prompt_texts.text AS prompt, completions.text AS completion
       FROM ranking_items AS items
       JOIN prompts ON prompts.id = items.prompt AND prompts.retired_change IS NULL
       JOIN prompt_texts ON prompt_texts.id = prompts.text_id
       JOIN completions ON completions.item = items.id
       WHERE items.retired_change IS NULL AND items.evaluation IS NULL
         AND items.answers = 0 AND items.labeler IS NULL
       ORDER BY items.id, completions.id`,
    );
    return [...Map.groupBy(rows, ({ id }) => id).values()].map((group) => ({
      id: group[0]!.id,
      prompt: group[0]!.prompt,
      completions: group.map(({ completion }) => completion),
    }));
  }

  setUncertainty(scores: readonly { readonly item: number; readonly uncertainty: number }[]): void {
    this.#store.transaction(() => {
      for (const { item, uncertainty } of scores)
        this.#store.run(
          'UPDATE ranking_items SET confidence = ? WHERE id = ? AND retired_change IS NULL',
          -uncertainty,
          item,
        );
    });
  }

  /** Evaluations aside. */
  countCompletions(): number {
    return this.#store.value<number>(
      `SELECT coalesce(sum(completions), 0) FROM ranking_items
       WHERE retired_change IS NULL AND evaluation IS NULL AND completions > 0`,
    );
  }

  #uniform(...address: (string | number)[]): number {
    return randomStream(this.#seed, ...address).uniform();
  }

  #isAskedAgain(item: number, labeler: number): boolean {
    const sql =
      'SELECT count(*) FROM ranking_items WHERE labeler = ? AND reask_of = ? AND retired_change IS NULL';
    return this.#store.value<number>(sql, labeler, item) > 0;
  }
}

/** The blind order: of what comes by id, by the seed that is stored with the label. */
export const blindOrder = <T>(byId: readonly T[], seed: number): T[] =>
  randomStream(seed, 'candidates').shuffle(byId);

/** One id for each, from `first` on. By their texts: the order in which they came would tell whose they are. */
function idsByText(completions: readonly NewCompletion[], first: number): number[] {
  const text = (i: number) => completions[i]!.text;
  const order = [...completions.keys()].sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
  const ids: number[] = [];
  for (const [place, i] of order.entries()) ids[i] = first + place;
  return ids;
}
