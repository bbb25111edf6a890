import type { CallArguments, CallOutput } from '../contract/calls.ts';
import type { Prompt, PromptFields, PromptFilter, Split } from '../contract/entities.ts';
import { ProjectError } from '../contract/errors.ts';
import { randomStream } from '../data/random.ts';
import type { Change, Changes } from './changes.ts';
import { patched } from './patch.ts';
import { conditionOf } from './prompt-filter.ts';
import { PromptPages } from './prompt-pages.ts';
import { redacted } from './redaction.ts';
import { dealAuthors } from './splits.ts';
import type { Store } from './store.ts';
import { insert, nextVersion, retire } from './versions.ts';

/** Columns of a prompt as the contract names them; from `prompts` and `prompt_texts`. */
const asPrompt = `prompts.id, text, kind, use_case AS useCase, author, split, source, created_at AS createdAt`;
const withText = 'prompts JOIN prompt_texts ON prompt_texts.id = prompts.text_id';

/** Of these many characters the order by text is made. */
const HEAD = 80;
const headOf = (text: string): string => text.trimStart().slice(0, HEAD).toLowerCase();

/** Prompts that models were tried out with. */
const PLAYED = 'play';
const played = { kind: 'plain', useCase: null, author: null, split: 'train' } as const;

export interface PromptText {
  readonly id: number;
  readonly text: string;
}

export class Prompts {
  readonly #store: Store;
  readonly #changes: Changes;
  readonly #pages: PromptPages;

  constructor(store: Store, changes: Changes) {
    this.#store = store;
    this.#changes = changes;
    this.#pages = new PromptPages(store);
  }

  page(asked: CallArguments<'prompts.page'>): CallOutput<'prompts.page'> {
    const { total, versions } = this.#pages.page(asked);
    const rows = this.#store.all<Prompt>(
      `SELECT ${asPrompt} FROM json_each(?) AS asked JOIN prompts ON prompts.version = asked.value
       JOIN prompt_texts ON prompt_texts.id = prompts.text_id ORDER BY asked.key`,
      JSON.stringify(versions),
    );
    return { total, rows };
  }

  facets(filter: PromptFilter): CallOutput<'prompts.facets'> {
    return this.#pages.facets(filter);
  }

  get(id: number): Prompt | undefined {
    return this.#store.get<Prompt>(
      `SELECT ${asPrompt} FROM ${withText} WHERE prompts.id = ? AND retired_change IS NULL`,
      id,
    );
  }

  /** In the order of their ids. */
  texts(filter: PromptFilter = {}): PromptText[] {
    const { sql, values } = conditionOf(filter);
    return this.#store.all<PromptText>(
      `SELECT prompts.id, text FROM ${withText} WHERE ${sql} ORDER BY prompts.id`,
      ...values,
    );
  }

  ids(filter: PromptFilter): number[] {
    const { sql, values } = conditionOf(filter);
    return this.#store.column<number>(`SELECT id FROM prompts WHERE ${sql} ORDER BY id`, ...values);
  }

  count(): number {
    return this.#store.value<number>('SELECT count(*) FROM prompts WHERE retired_change IS NULL');
  }

  /** Some prompts at random, those that nothing was sampled for (evaluations aside) before the others. */
  choose(filter: PromptFilter, count: number, seed: number): Prompt[] {
    const { sql, values } = conditionOf(filter);
    const found = this.#store.all<{ id: number; queued: number }>(
      `SELECT id, EXISTS (
         SELECT 1 FROM ranking_items WHERE prompt = prompts.id AND retired_change IS NULL AND evaluation IS NULL) AS queued
       FROM prompts WHERE ${sql} ORDER BY id`,
      ...values,
    );
    const shuffled = randomStream(seed, 'prompts to sample').shuffle(found);
    return shuffled
      .sort((a, b) => a.queued - b.queued)
      .slice(0, count)
      .map(({ id }) => this.get(id)!);
  }

  add(prompts: readonly PromptFields[], source = 'added by hand'): Change {
    const payload = { count: prompts.length, source };
    return this.#changes.make({ kind: 'prompts added', payload }, (change) => {
      this.insertAll(change, prompts, source);
    });
  }

  /** A prompt of exactly this text. */
  find(text: string): number | undefined {
    return this.#store.column<number>(
      `SELECT prompts.id FROM ${withText} WHERE head = ? AND retired_change IS NULL AND text = ? ORDER BY prompts.id LIMIT 1`,
      headOf(text),
      text,
    )[0];
  }

  /** As a part of a change: the prompt of exactly this text, made where there is none. */
  findOrInsert(change: number, text: string): number {
    return this.find(text) ?? this.insertAll(change, [{ text, ...played }], PLAYED)[0]!;
  }

  /** The prompt of exactly this text, added where there is none. */
  findOrAdd(text: string): number {
    const found = this.find(text);
    if (found !== undefined) return found;
    this.add([{ text, ...played }], PLAYED);
    return this.find(text)!;
  }

  /** As a part of a change; the ids that they get. */
  insertAll(
    change: number,
    prompts: readonly PromptFields[],
    source: string,
    tick: () => void = () => {},
  ): number[] {
    const createdAt = Date.now();
    const first = nextVersion(this.#store, 'prompts');
    const firstText = this.#addTexts(prompts.map(({ text }) => text));
    return prompts.map((fields, i) => {
      const id = first + i;
      this.#insert(change, { ...fields, id, source, createdAt }, firstText + i);
      tick();
      return id;
    });
  }

  edit({ id, fields }: CallArguments<'prompts.edit'>): Change {
    const prompt = this.require(id);
    const payload = { count: 1, prompt: id, fields: Object.keys(fields) };
    return this.#changes.make({ kind: 'prompts edited', payload }, (change) => {
      this.#revise(change, patched(prompt, fields));
    });
  }

  /** What was labeled of them goes with them, and comes back with them. */
  remove(which: CallArguments<'prompts.remove'>): Change {
    const ids =
      'ids' in which ? [...new Set(which.ids)].map((id) => this.require(id).id) : this.ids(which.filter);
    return this.#changes.make({ kind: 'prompts removed', payload: { count: ids.length } }, (change) => {
      const among = 'IN (SELECT value FROM json_each(?))';
      const list = JSON.stringify(ids);
      const items = `(SELECT id FROM ranking_items WHERE prompt ${among})`;
      retire(this.#store, 'rankings', change, `item IN ${items}`, list);
      retire(this.#store, 'screening', change, `item IN ${items}`, list);
      retire(this.#store, 'ranking_items', change, `prompt ${among}`, list);
      retire(this.#store, 'demonstrations', change, `prompt ${among}`, list);
      retire(this.#store, 'prompts', change, `id ${among}`, list);
    });
  }

  /** Puts the kind of what was found, in brackets, in its place. */
  redact(findings: CallArguments<'prompts.redact'>['findings']): Change {
    const byPrompt = Map.groupBy(findings, ({ promptId }) => promptId);
    const prompts = [...byPrompt].map(([id, found]) => {
      const prompt = this.require(id);
      return { ...prompt, text: redacted(prompt.text, found) };
    });
    return this.#changes.make({ kind: 'prompts redacted', payload: { count: prompts.length } }, (change) => {
      for (const prompt of prompts) this.#revise(change, prompt);
    });
  }

  /** Authors with more prompts than allowed, and the prompts beyond it: the newest of each. */
  beyondAuthorLimit({
    most,
  }: CallArguments<'prompts.beyondAuthorLimit'>): CallOutput<'prompts.beyondAuthorLimit'> {
    const named = 'FROM prompts WHERE retired_change IS NULL AND author IS NOT NULL';
    const authors = this.#store.all<{ name: string; count: number }>(
      `SELECT author AS name, count(*) AS count ${named} GROUP BY author HAVING count(*) > ? ORDER BY 2 DESC, 1`,
      most,
    );
    const ids = this.#store.column<number>(
      `SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY author ORDER BY id) AS place ${named})
       WHERE place > ? ORDER BY id`,
      most,
    );
    return { authors, ids };
  }

  splitByAuthor({ validation, test, seed }: CallArguments<'prompts.splitByAuthor'>): Change {
    const prompts = this.#store.all<Pick<Prompt, 'id' | 'author' | 'split'>>(
      'SELECT id, author, split FROM prompts WHERE retired_change IS NULL ORDER BY id',
    );
    const dealt = dealAuthors(prompts, { validation, test }, randomStream(seed, 'split by author'));
    const moved = prompts
      .map(({ id, split }, i) => ({ id, from: split, to: dealt[i]! }))
      .filter(({ from, to }) => from !== to);
    const payload = { count: moved.length, validation, test, seed };
    return this.#changes.make({ kind: 'prompts split', payload }, (change) => {
      for (const [split, ids] of Map.groupBy(moved, ({ to }) => to)) this.#move(change, ids, split);
    });
  }

  /** Throws a `ProjectError` where there is none. */
  require(id: number): Prompt {
    const prompt = this.get(id);
    if (prompt === undefined)
      throw new ProjectError(`the project holds no prompt ${id}: it was removed; look at the list again`);
    return prompt;
  }

  #revise(change: number, prompt: Prompt): void {
    const before = this.#store.get<{ textId: number; text: string }>(
      `SELECT text_id AS textId, text FROM ${withText} WHERE prompts.id = ? AND retired_change IS NULL`,
      prompt.id,
    )!;
    retire(this.#store, 'prompts', change, 'id = ?', prompt.id);
    const textId = prompt.text === before.text ? before.textId : this.#addTexts([prompt.text]);
    this.#insert(change, prompt, textId);
  }

  #insert(change: number, prompt: Prompt, textId: number): void {
    insert(this.#store, 'prompts', change, {
      id: prompt.id,
      text_id: textId,
      head: headOf(prompt.text),
      kind: prompt.kind,
      use_case: prompt.useCase,
      author: prompt.author,
      split: prompt.split,
      source: prompt.source,
      created_at: prompt.createdAt,
    });
  }

  /** The id of the first. */
  #addTexts(texts: readonly string[]): number {
    const first = this.#store.value<number>('SELECT coalesce(max(id), 0) + 1 FROM prompt_texts');
    texts.forEach((text, i) => {
      this.#store.run('INSERT INTO prompt_texts (id, text) VALUES (?, ?)', first + i, text);
    });
    const indexed = 'INSERT INTO prompt_search (rowid, text) SELECT id, text FROM prompt_texts WHERE id >= ?';
    this.#store.run(indexed, first);
    return first;
  }

  #move(change: number, moved: readonly { readonly id: number }[], split: Split): void {
    const ids = JSON.stringify(moved.map(({ id }) => id));
    const among = 'id IN (SELECT value FROM json_each(?))';
    retire(this.#store, 'prompts', change, among, ids);
    const kept = 'id, text_id, head, kind, use_case, author, source, created_at';
    this.#store.run(
      `INSERT INTO prompts (${kept}, split, created_change)
       SELECT ${kept}, ?, retired_change FROM prompts WHERE retired_change = ? AND ${among}`,
      split,
      change,
      ids,
    );
  }
}
