import type { CallArguments, CallOutput } from '../contract/calls.ts';
import type { PromptFilter } from '../contract/entities.ts';
import { conditionOf } from './prompt-filter.ts';
import type { Store } from './store.ts';

type Sort = CallArguments<'prompts.page'>['sort'];
type Facets = CallOutput<'prompts.facets'>;

/** Ids are given in the order of time. */
const sortColumns = {
  id: 'id',
  createdAt: 'id',
  text: 'head',
  kind: 'kind',
  useCase: 'use_case',
  author: 'author',
  split: 'split',
  source: 'source',
} as const satisfies Record<Sort['by'], string>;

/** The versions that a filter leaves, in an order that an index holds ready. */
export function orderedVersions(filter: PromptFilter, { by, descending }: Sort) {
  const { sql, values } = conditionOf(filter);
  const direction = descending ? 'DESC' : 'ASC';
  const column = sortColumns[by];
  const order = column === 'id' ? `id ${direction}` : `${column} ${direction}, id ${direction}`;
  return { sql: `SELECT version FROM prompts WHERE ${sql} ORDER BY ${order}`, values };
}

/** What was asked last is kept until a prompt changes: scrolling asks for page after page of one list. */
const KEPT = 4;

/** Lists of prompts by filter and sort, and counts over them. */
export class PromptPages {
  readonly #store: Store;
  readonly #kept = new Map<string, unknown>();

  constructor(store: Store) {
    this.#store = store;
  }

  page({ filter, sort, offset, limit }: CallArguments<'prompts.page'>): {
    total: number;
    versions: number[];
  } {
    const versions = this.#remember(['page', filter, sort], () => {
      const { sql, values } = orderedVersions(filter, sort);
      return this.#store.column<number>(sql, ...values);
    });
    return { total: versions.length, versions: versions.slice(offset, offset + limit) };
  }

  facets(filter: PromptFilter): Facets {
    return this.#remember(['facets', filter], () => ({
      total: this.#count(filter),
      kinds: this.#counts('kind', filter),
      useCases: this.#counts('use_case', filter),
      splits: this.#counts('split', filter),
      authors: this.#all<string | null>('author', filter),
      sources: this.#all<string>('source', filter),
    }));
  }

  #remember<T>(question: unknown, answer: () => T): T {
    const key = JSON.stringify([this.#state(), question]);
    if (!this.#kept.has(key)) this.#keep(key, answer());
    return this.#kept.get(key) as T;
  }

  #keep(key: string, answer: unknown): void {
    this.#kept.set(key, answer);
    for (const oldest of [...this.#kept.keys()].slice(0, -KEPT)) this.#kept.delete(oldest);
  }

  /** It is another after every change of a prompt, by whichever connection. */
  #state(): unknown {
    return this.#store.get(
      `SELECT (SELECT max(created_change) FROM prompts) AS created,
         (SELECT max(retired_change) FROM prompts WHERE retired_change IS NOT NULL) AS retired`,
    );
  }

  #count(filter: PromptFilter): number {
    const { sql, values } = conditionOf(filter);
    return this.#store.value<number>(`SELECT count(*) FROM prompts WHERE ${sql}`, ...values);
  }

  #counts(column: string, filter: PromptFilter): Record<string, number> {
    return Object.fromEntries(
      this.#grouped(column, filter).map(({ name, count }) => [name ?? 'none', count]),
    );
  }

  /** Each there is, also where the filter leaves none of it. */
  #all<Name>(column: string, filter: PromptFilter): { name: Name; count: number }[] {
    const left = new Map(this.#grouped(column, filter).map(({ name, count }) => [name, count]));
    const names = this.#grouped(column, {}).map(({ name }) => name);
    return names.map((name) => ({ name: name as Name, count: left.get(name) ?? 0 }));
  }

  #grouped(column: string, filter: PromptFilter): { name: string | null; count: number }[] {
    const { sql, values } = conditionOf(filter);
    return this.#store.all(
      `SELECT ${column} AS name, count(*) AS count FROM prompts WHERE ${sql} GROUP BY ${column} ORDER BY ${column}`,
      ...values,
    );
  }
}
