import { importFields, type ImportLayout, type ImportMapping } from '../../contract/calls.ts';
import type { PromptFields } from '../../contract/entities.ts';
import { DataError } from '../../contract/errors.ts';
import { completionFrom, preferenceFrom, promptFrom } from './answers.ts';
import { Cells, checkText } from './cells.ts';
import { isObject } from './columns.ts';
import { fieldParsers, nameFrom, type PromptField } from './prompt-fields.ts';
import { kindOf, type RawRow } from './source.ts';
import { conversationOf, promptBefore } from './turns.ts';

/** One prompt with what came with it, ready for the project. */
export interface ImportedRow {
  /** The line of a JSONL file, else the number of the record, from 1. One row may hold several prompts. */
  readonly row: number;
  readonly prompt: PromptFields;
  readonly demonstration: string | null;
  /** From 2 to 9 completions with their ranks: 1 is best, and equal ranks are a tie. */
  readonly ranking: { readonly completions: readonly string[]; readonly ranks: readonly number[] } | null;
  /** Who wrote or ranked, where a column says so. */
  readonly labeler: string | null;
}

export interface ImportProblem {
  readonly row: number;
  /** One sentence. */
  readonly problem: string;
}

export interface Converted {
  readonly rows: ImportedRow[];
  readonly problems: ImportProblem[];
}

type Content = Pick<ImportedRow, 'demonstration' | 'ranking'> & { readonly text: string };

const MOST_COMPLETIONS = 9;

const contents: Record<ImportLayout, (cells: Cells) => Content> = {
  prompts: (cells) => content(promptFrom(cells)),
  'prompt-completion': (cells) =>
    content(promptFrom(cells), completionFrom(cells.value('completion'), cells.name('completion'))),
  alpaca: instructionContent,
  'self-instruct': instructionContent,
  messages: (cells) => {
    const { before, reply } = conversationOf(cells, 'messages');
    return content(promptBefore(before, cells.name('messages')), reply);
  },
  preference: (cells) => {
    const { prompt, completions } = preferenceFrom(cells);
    return { text: prompt, demonstration: null, ranking: { completions, ranks: [1, 2] } };
  },
  ranking: (cells) => ({ text: promptFrom(cells), demonstration: null, ranking: rankingFrom(cells) }),
};

/** Throws a `DataError` where a mapping lacks a column that its layout needs. */
export function checkMapping({ layout, columns }: ImportMapping): void {
  const missing = importFields[layout].required.find((field) => !columns[field]);
  if (missing) throw new DataError(`the layout "${layout}" needs a column for "${missing}": choose one`);
}

/** Adds what a row of a file holds, or its problem, to what is converted so far. */
export function convertRow(raw: RawRow, mapping: ImportMapping, converted: Converted): void {
  const problem = (reason: string) => converted.problems.push({ row: raw.row, problem: reason });
  if ('problem' in raw) return void problem(raw.problem);
  for (const part of attempt(() => partsOf(raw.record, mapping), problem) ?? []) {
    const row = attempt(
      () => rowFrom(raw.row, part, mapping),
      (reason) => problem(part.where + reason),
    );
    if (row) converted.rows.push(row);
  }
}

interface Part {
  readonly cells: Cells;
  /** Where in the row it stands, for its problem. */
  readonly where: string;
}

/** A row is one part, but a row of self-instruct has one for each instance. */
function partsOf(record: Readonly<Record<string, unknown>>, { layout, columns }: ImportMapping): Part[] {
  const cells = new Cells(record, columns);
  if (layout !== 'self-instruct') return [{ cells, where: '' }];
  const instances = cells.list('instances');
  if (instances.length === 0) throw new DataError(`${cells.name('instances')} is an empty list`);
  return instances.map((instance, i) => ({
    cells: new Cells(instanceRecord(record, instance), { ...columns, input: INPUT, output: OUTPUT }),
    where: instances.length > 1 ? `in instance ${i + 1}, ` : '',
  }));
}

const INPUT = 'input';
const OUTPUT = 'output';

function instanceRecord(record: Readonly<Record<string, unknown>>, instance: unknown) {
  if (!isObject(instance)) throw new DataError(`one of its instances is ${kindOf(instance)}, not an object`);
  return { ...record, [INPUT]: instance['input'], [OUTPUT]: instance['output'] };
}

function rowFrom(row: number, { cells }: Part, mapping: ImportMapping): ImportedRow {
  const { text, demonstration, ranking } = contents[mapping.layout](cells);
  if (demonstration?.trim() === '') throw new DataError('its completion is empty');
  const labeler = cells.optional('labeler');
  return {
    row,
    prompt: { text: checkText(text, 'its prompt'), ...fieldsOf(cells, mapping) },
    demonstration,
    ranking,
    labeler: labeler === null ? null : nameFrom('labeler', labeler),
  };
}

const content = (text: string, demonstration: string | null = null): Content => ({
  text,
  demonstration,
  ranking: null,
});

/** An instruction and its input, a blank line between them. */
function instructionContent(cells: Cells): Content {
  const input = cells.optional('input');
  const instruction = cells.text('instruction');
  return content(input === null ? instruction : `${instruction}\n\n${input}`, cells.text('output'));
}

function rankingFrom(cells: Cells): NonNullable<ImportedRow['ranking']> {
  const name = cells.name('completions');
  const list = cells.list('completions');
  if (list.length < 2 || list.length > MOST_COMPLETIONS)
    throw new DataError(
      `${name} holds ${list.length} completions: from 2 to ${MOST_COMPLETIONS} can be ranked`,
    );
  const completions = list.map((value, i) => completionFrom(value, `completion ${i + 1} of ${name}`));
  return { completions, ranks: ranksFrom(cells, completions.length) };
}

function ranksFrom(cells: Cells, count: number): number[] {
  const name = cells.name('ranks');
  const ranks = cells.list('ranks').map(Number);
  if (ranks.length !== count)
    throw new DataError(`${name} holds ${ranks.length} ranks for ${count} completions`);
  const wrong = ranks.find((rank) => !Number.isInteger(rank) || rank < 1 || rank > MOST_COMPLETIONS);
  if (wrong !== undefined)
    throw new DataError(
      `${name} holds the rank ${wrong}: ranks are from 1, the best, to ${MOST_COMPLETIONS}`,
    );
  return ranks;
}

type Fields = Pick<PromptFields, PromptField>;

function fieldsOf(cells: Cells, { defaults }: ImportMapping): Fields {
  const field = <F extends PromptField>(name: F, otherwise: Fields[F]): Fields[F] => {
    const cell = cells.optional(name);
    return cell === null ? ((defaults as Partial<Fields>)[name] ?? otherwise) : fieldParsers[name](cell);
  };
  return {
    kind: field('kind', 'plain'),
    useCase: field('useCase', null),
    author: field('author', null),
    split: field('split', 'train'),
  };
}

function attempt<T>(make: () => T, failed: (reason: string) => void): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    failed(error.message);
    return undefined;
  }
}
