import * as fs from 'node:fs';
import { join } from 'node:path';
import type { CallArguments, CallOutput } from '../contract/calls.ts';
import { ProjectError } from '../contract/errors.ts';
import { messagesOf, type Message } from '../data/conversation.ts';
import type { Changes } from './changes.ts';
import { demonstrationsAt, promptsAt, rankingsAt, type Moment, type RankingRecord } from './dataset.ts';
import { writeJsonLines } from './jsonl.ts';
import type { Prompts } from './prompts.ts';
import type { Store } from './store.ts';

type Asked = CallArguments<'export.write'>;

interface Rows {
  prompts: { prompt: string };
  'prompt-completion': { prompt: string; completion: string };
  messages: { messages: { role: string; content: string }[] };
  preference: { prompt: string; chosen: string; rejected: string };
  ranking: Omit<RankingRecord, 'split'>;
}

type Layout = Asked['layout'];
type Source<Row> = (store: Store, moment: Moment) => Iterable<Row>;

/** The rows of each layout: TRL's dataset formats, and our own rankings. */
const layouts: { readonly [L in Layout]: Source<Rows[L]> } = {
  *prompts(store, moment) {
    for (const { prompt } of promptsAt(store, moment)) yield { prompt };
  },
  *'prompt-completion'(store, moment) {
    for (const { prompt, completion } of demonstrationsAt(store, moment)) yield { prompt, completion };
  },
  *messages(store, moment) {
    for (const { prompt, completion } of demonstrationsAt(store, moment))
      yield { messages: turnsOf(prompt, completion) };
  },
  *preference(store, moment) {
    for (const ranking of rankingsAt(store, moment)) yield* pairsOf(ranking);
  },
  *ranking(store, moment) {
    for (const { prompt, completions, ranks, labeler } of rankingsAt(store, moment))
      yield { prompt, completions, ranks, labeler };
  },
};

/** The turns of the conversation that a completion ends. */
function turnsOf(prompt: string, completion: string): Rows['messages']['messages'] {
  const turns: Message[] = [...messagesOf(prompt), { role: 'assistant', text: completion }];
  return turns.map(({ role, text }) => ({ role, content: text }));
}

/** Every pair of completions that are not tied. */
function* pairsOf({ prompt, completions, ranks }: RankingRecord): Iterable<Rows['preference']> {
  for (const [i, chosen] of completions.entries())
    for (const [j, rejected] of completions.entries())
      if (ranks[i]! < ranks[j]!) yield { prompt, chosen, rejected };
}

export class Exports {
  readonly #store: Store;
  readonly #changes: Changes;
  readonly #prompts: Prompts;
  readonly #folder: string;

  constructor(store: Store, changes: Changes, prompts: Prompts, folder: string) {
    this.#store = store;
    this.#changes = changes;
    this.#prompts = prompts;
    this.#folder = folder;
  }

  rows<L extends Layout>(asked: Asked & { layout: L }): Rows[L][] {
    return [...this.#each(asked)];
  }

  /** Writes a new file in the project's `exports`. */
  write(asked: Asked): CallOutput<'export.write'> {
    fs.mkdirSync(this.#folder, { recursive: true });
    const time = new Date().toISOString().replace(/[:.]/g, '-');
    const path = join(this.#folder, `${asked.layout}-${time}.jsonl`);
    const rows = writeJsonLines(path, this.#each(asked));
    if (rows > 0) return { path, rows };
    throw new ProjectError(
      `nothing in the project has the layout ${asked.layout}: widen the filter, or label first`,
    );
  }

  #each<L extends Layout>({ layout, filter, includeHeldOut }: Asked & { layout: L }): Iterable<Rows[L]> {
    const prompts = Object.keys(filter).length === 0 ? undefined : this.#prompts.ids(filter);
    const moment = { change: this.#changes.latest(), includeHeldOut, ...(prompts && { prompts }) };
    return layouts[layout](this.#store, moment);
  }
}
