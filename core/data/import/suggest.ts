import {
  importFields,
  importPromptFields,
  type ImportLayout,
  type ImportMapping,
} from '../../contract/calls.ts';
import { fieldParsers } from './prompt-fields.ts';

type Row = Readonly<Record<string, unknown>>;

/** What columns are called, by field; the first that a file has is suggested. */
const names: Record<string, readonly string[]> = {
  prompt: ['prompt', 'instruction', 'question', 'query', 'text', 'sentence', 'input'],
  completion: ['completion', 'response', 'output', 'answer', 'target', 'reply'],
  instruction: ['instruction'],
  input: ['input', 'context'],
  output: ['output', 'response', 'completion', 'answer'],
  instances: ['instances'],
  messages: ['messages', 'conversations', 'conversation', 'dialogue', 'dialog'],
  system: ['system', 'system_prompt'],
  chosen: ['chosen', 'preferred'],
  rejected: ['rejected', 'dispreferred'],
  completions: ['completions', 'responses', 'answers', 'candidates', 'outputs'],
  ranks: ['ranks', 'rank', 'ranking'],
  labeler: ['labeler', 'labeler_id', 'annotator', 'annotator_id', 'worker_id'],
  kind: ['kind', 'prompt_kind', 'prompt_type'],
  useCase: ['use_case', 'usecase', 'category', 'task_type'],
  author: ['author', 'author_id', 'user_id', 'username'],
  split: ['split'],
};
/** Where a preference finds its prompt: often a conversation. */
const contextNames = [
  'prompt',
  'conversations',
  'conversation',
  'messages',
  'question',
  'instruction',
  'query',
];

/** Layouts in the order in which they are tried: those that say most of a row first. */
const order: readonly ImportLayout[] = [
  'self-instruct',
  'preference',
  'ranking',
  'messages',
  'alpaca',
  'prompt-completion',
];

const listFields = ['instances', 'messages', 'completions', 'ranks'];

/** How the rows of a file are most likely meant, by the names of their columns and what the first of them hold. */
export function suggestMapping(columns: readonly string[], sample: readonly Row[]): ImportMapping {
  const table = new Table(columns, sample);
  for (const layout of order) {
    const found = table.columnsOf(layout);
    if (found) return { layout, columns: { ...found, ...table.promptColumns() }, defaults: {} };
  }
  const prompt = table.find('prompt', names['prompt']!) ?? table.longest();
  return {
    layout: 'prompts',
    columns: { ...(prompt && { prompt }), ...table.promptColumns() },
    defaults: {},
  };
}

class Table {
  readonly #columns: ReadonlyMap<string, string>;
  readonly #sample: readonly Row[];

  constructor(columns: readonly string[], sample: readonly Row[]) {
    this.#columns = new Map(columns.map((column) => [folded(column), column]));
    this.#sample = sample;
  }

  /** The columns of a layout's fields, or undefined where a required one is missing. */
  columnsOf(layout: ImportLayout): Record<string, string> | undefined {
    const { required, optional } = importFields[layout];
    const found: Record<string, string> = {};
    for (const field of [...required, ...optional]) {
      const known = layout === 'preference' && field === 'prompt' ? contextNames : names[field]!;
      const column = this.find(field, known);
      if (column !== undefined) found[field] = column;
      else if (required.includes(field)) return undefined;
    }
    return found;
  }

  /** The first column of these names whose values fit the field. */
  find(field: string, known: readonly string[]): string | undefined {
    const columns = known.flatMap((name) => this.#columns.get(name) ?? []);
    return columns.find((column) => this.#fits(field, column));
  }

  /** Columns for kind, use case, author and split: only such as hold nothing else. */
  promptColumns(): Record<string, string> {
    const found = importPromptFields.flatMap((field) => {
      const column = this.find(field, names[field]!);
      return column !== undefined && this.#parses(column, fieldParsers[field]) ? [[field, column]] : [];
    });
    return Object.fromEntries(found) as Record<string, string>;
  }

  /** The column of the longest texts. */
  longest(): string | undefined {
    const length = (column: string) =>
      this.#values(column).reduce<number>(
        (sum, value) => sum + (typeof value === 'string' ? value.length : 0),
        0,
      );
    const [best] = [...this.#columns.values()].sort((a, b) => length(b) - length(a));
    return best;
  }

  #fits(field: string, column: string): boolean {
    const values = this.#values(column);
    if (listFields.includes(field)) return values.every(isList);
    return field !== 'completion' && field !== 'output' ? true : values.some(isProse);
  }

  #parses(column: string, parse: (cell: string) => unknown): boolean {
    return this.#values(column).every((value) => {
      try {
        parse(String(value));
        return true;
      } catch {
        return false;
      }
    });
  }

  #values(column: string): unknown[] {
    const present = (value: unknown) => value !== undefined && value !== null && value !== '';
    return this.#sample.map((record) => record[column]).filter(present);
  }
}

const folded = (column: string): string =>
  column
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');

const isList = (value: unknown): boolean =>
  Array.isArray(value) || (typeof value === 'string' && value.trimStart().startsWith('['));

/** Not a label or a number in a column that is called an answer. */
const isProse = (value: unknown): boolean => typeof value !== 'string' || !Number.isFinite(Number(value));
