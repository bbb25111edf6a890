import * as fs from 'node:fs';
import { join } from 'node:path';
import type { CallArguments, CallOutput } from '../contract/calls.ts';
import { ProjectError } from '../contract/errors.ts';
import { messagesOf } from '../data/conversation.ts';
import type { Changes } from './changes.ts';
import { demonstrationsAt, promptsAt, rankingsAt, type Moment, type RankingRecord } from './dataset.ts';
import { writeJsonLines } from './jsonl.ts';
import type { Prompts } from './prompts.ts';
import type { Store } from './store.ts';

type Asked = Omit<CallArguments<'export.write'>, 'conversational'> & {
  readonly conversational?: boolean;
};

interface Turn {
  readonly role: string;
  readonly content: string;
}

interface Rows {
  prompts: { prompt: string };
  'prompt-completion': { prompt: string; completion: string };
  messages: { messages: Turn[] };
  preference: { prompt: string; chosen: string; rejected: string };
  ranking: Omit<RankingRecord, 'split'>;
}

type Layout = Asked['layout'];
type Source<Row> = (store: Store, moment: Moment) => Iterable<Row>;

/** The rows of each layout: TRL's dataset types (https://huggingface.co/docs/trl/dataset_formats), and our rankings. */
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

const turnsOf = (prompt: string, completion: string): Turn[] => [
  ...askedTurns(prompt),
  ...answerTurns(completion),
];

const askedTurns = (prompt: string): Turn[] =>
  messagesOf(prompt).map(({ role, text: content }) => ({ role, content }));

const answerTurns = (content: string): Turn[] => [{ role: 'assistant', content }];

/** The columns that TRL's conversational format has as messages, in the layouts that it has. */
const spoken: Partial<Record<Layout, Readonly<Record<string, (text: string) => Turn[]>>>> = {
  prompts: { prompt: askedTurns },
  'prompt-completion': { prompt: askedTurns, completion: answerTurns },
  preference: { prompt: askedTurns, chosen: answerTurns, rejected: answerTurns },
};

/** Rows as lines of a file: texts as they stand, or as messages. */
function* inFormat({ layout, conversational = false }: Asked, rows: Iterable<object>): Iterable<object> {
  const columns = conversational ? (spoken[layout] ?? {}) : {};
  for (const row of rows)
    yield Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        columns[name]?.(value as string) ?? (value as unknown),
      ]),
    );
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

  /** In the standard format. */
  rows<L extends Layout>(asked: Asked & { layout: L }): Rows[L][] {
    return [...this.#each(asked)];
  }

  /** Writes a new file in the project's `exports`. */
  write(asked: Asked): CallOutput<'export.write'> {
    fs.mkdirSync(this.#folder, { recursive: true });
    const time = new Date().toISOString().replace(/[:.]/g, '-');
    const path = join(this.#folder, `${asked.layout}-${time}.jsonl`);
    const rows = writeJsonLines(path, inFormat(asked, this.#each(asked)));
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
