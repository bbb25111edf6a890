import type { Labeler, PromptFields } from '../contract/entities.ts';
import type { Change, Changes } from './changes.ts';
import type { Labelers } from './labelers.ts';
import type { Prompts } from './prompts.ts';
import type { RankingItems } from './ranking-items.ts';
import type { Store } from './store.ts';
import { insert } from './versions.ts';

/** Rows from elsewhere; `prompt` is the place of theirs in `prompts`. */
export interface ImportBundle {
  /** What they are called in the project: the file's name. */
  readonly source: string;
  /** New ones, or the id of one that the project holds. */
  readonly prompts: (PromptFields | { readonly id: number })[];
  readonly demonstrations?: ImportedDemonstration[];
  readonly rankings?: ImportedRanking[];
  /** Those named below that the project has not; one that is not told of is neither held out nor simulated. */
  readonly labelers?: readonly (Pick<Labeler, 'name'> & Partial<Pick<Labeler, 'heldOut' | 'simulated'>>)[];
}

export interface ImportedDemonstration {
  readonly prompt: number;
  readonly text: string;
  /** The source itself, where nobody is named. */
  readonly labeler?: string | undefined;
}

export interface ImportedRanking {
  readonly prompt: number;
  readonly completions: readonly string[];
  /** One for each completion, 1 best, equal is a tie, null is unranked; without them it waits to be ranked. */
  readonly ranks?: readonly (number | null)[] | undefined;
  readonly labeler?: string | undefined;
}

/** So often is progress told, in rows. */
const TOLD_EVERY = 1000;

export class Imports {
  readonly #store: Store;
  readonly #changes: Changes;
  readonly #prompts: Prompts;
  readonly #labelers: Labelers;
  readonly #items: RankingItems;

  constructor(store: Store, changes: Changes, prompts: Prompts, labelers: Labelers, items: RankingItems) {
    this.#store = store;
    this.#changes = changes;
    this.#prompts = prompts;
    this.#labelers = labelers;
    this.#items = items;
  }

  /**
   * All rows or none. `progress` hears how many are written; nothing is kept where it throws, which is how an
   * import is cancelled. Rankings of the same completions by several labelers are of one item.
   */
  apply(bundle: ImportBundle, progress: (rows: number) => void = () => {}): Change {
    const { source, prompts, demonstrations = [], rankings = [] } = bundle;
    const added = prompts.filter((prompt) => 'text' in prompt);
    const count = added.length + demonstrations.length + rankings.length;
    return this.#changes.make({ kind: 'imported', payload: { count, source } }, (change) => {
      const tick = every(TOLD_EVERY, progress);
      const writing = { change, source, labelerNamed: this.#labelersOf(change, bundle), tick };
      const ids = this.#writePrompts(bundle, added, writing);
      this.#writeDemonstrations(demonstrations, ids, writing);
      this.#writeRankings(rankings, ids, writing);
      progress(count);
    });
  }

  #writePrompts(
    { prompts }: ImportBundle,
    added: readonly PromptFields[],
    { change, source, tick }: Writing,
  ): number[] {
    const ids = this.#prompts.insertAll(change, added, source, tick).values();
    return prompts.map((prompt) =>
      'id' in prompt ? this.#prompts.require(prompt.id).id : ids.next().value!,
    );
  }

  #writeDemonstrations(
    rows: readonly ImportedDemonstration[],
    prompts: readonly number[],
    { change, labelerNamed, tick }: Writing,
  ): void {
    const at = Date.now();
    for (const { prompt, text, labeler } of rows) {
      const labeled = { prompt: prompts[prompt]!, labeler: labelerNamed(labeler) };
      insert(this.#store, 'demonstrations', change, { ...labeled, text, state: 'submitted', at });
      tick();
    }
  }

  #writeRankings(
    rows: readonly ImportedRanking[],
    prompts: readonly number[],
    { change, source, labelerNamed, tick }: Writing,
  ): void {
    const at = Date.now();
    const origin = { kind: 'imported', name: source, settings: {} } as const;
    const { distinct, itemOf } = sameCompletions(rows, source);
    const items = this.#items.insertAll(
      change,
      distinct.map(({ prompt, completions }) => ({
        prompt: prompts[prompt]!,
        completions: completions.map((text) => ({ text, origin })),
      })),
    );
    rows.forEach(({ ranks, labeler }, i) => {
      const { id: item, completions } = items[itemOf[i]!]!;
      const label = { item, state: 'submitted', verdict: 'ranked', at };
      if (ranks !== undefined)
        insert(this.#store, 'rankings', change, {
          ...label,
          labeler: labelerNamed(labeler),
          ranks: ranksById(completions, ranks),
        });
      tick();
    });
  }

  /** Finds a labeler by name, and makes it where there is none. */
  #labelersOf(change: number, { source, labelers = [] }: ImportBundle): Writing['labelerNamed'] {
    const known = new Map<string, number>();
    return (name = source) => {
      const told = () => labelers.find((labeler) => labeler.name === name) ?? { name };
      const id = known.get(name) ?? this.#labelers.find(name) ?? this.#labelers.insert(change, told());
      known.set(name, id);
      return id;
    };
  }
}

/** What the writing of an import needs everywhere. */
interface Writing {
  readonly change: number;
  readonly source: string;
  readonly labelerNamed: (name: string | undefined) => number;
  readonly tick: () => void;
}

function every(rows: number, progress: (rows: number) => void): () => void {
  let done = 0;
  return () => {
    if (++done % rows === 0) progress(done);
  };
}

/** One item for the same completions of a prompt, unless the same labeler has ranked it already. */
function sameCompletions(rows: readonly ImportedRanking[], source: string) {
  const distinct: ImportedRanking[] = [];
  const known = new Map<string, { item: number; labelers: Set<string> }>();
  const itemOf = rows.map((row) => {
    const key = JSON.stringify([row.prompt, row.completions]);
    const labeler = (row.labeler ?? source).toLowerCase();
    const same = known.get(key);
    if (same !== undefined && !same.labelers.has(labeler)) {
      same.labelers.add(labeler);
      return same.item;
    }
    const item = distinct.push(row) - 1;
    known.set(key, { item, labelers: new Set([labeler]) });
    return item;
  });
  return { distinct, itemOf };
}

function ranksById(ids: readonly number[], ranks: readonly (number | null)[]): string {
  const ranked = ids.map((id, i) => [id, ranks[i]] as const).filter(([, rank]) => typeof rank === 'number');
  return JSON.stringify(Object.fromEntries(ranked));
}
