/** Kind, use case, author and split of a prompt, as files spell them. */
import type { importPromptFields } from '../../contract/calls.ts';
import {
  Name,
  promptKinds,
  splits,
  useCases,
  type PromptFields,
  type Split,
  type UseCase,
} from '../../contract/entities.ts';
import { DataError } from '../../contract/errors.ts';

export type PromptField = (typeof importPromptFields)[number];

/** Spellings of other data sets, by what they mean here. */
const useCaseSpellings: Record<string, UseCase> = {
  qa: 'open qa',
  'general qa': 'open qa',
  brainstorm: 'brainstorming',
  conversation: 'chat',
  rewriting: 'rewrite',
  summarize: 'summarization',
  summary: 'summarization',
  classify: 'classification',
  'creative writing': 'generation',
  generate: 'generation',
  extraction: 'extract',
  'information extraction': 'extract',
};
const splitSpellings: Record<string, Split> = {
  training: 'train',
  valid: 'validation',
  val: 'validation',
  dev: 'validation',
  testing: 'test',
};

/** The value of a field as a cell spells it. Throws a `DataError` for what the field cannot hold. */
export const fieldParsers: { [F in PromptField]: (cell: string) => PromptFields[F] } = {
  kind: (cell) => oneOf('kind', promptKinds, {}, cell),
  useCase: (cell) => oneOf('use case', useCases, useCaseSpellings, cell),
  author: (cell) => nameFrom('author', cell),
  split: (cell) => oneOf('split', splits, splitSpellings, cell),
};

/** A person's name. */
export function nameFrom(what: string, cell: string): string {
  const { success, data } = Name.safeParse(cell);
  if (!success) throw new DataError(`its ${what} is longer than a name may be: at most 200 characters`);
  return data;
}

function oneOf<T extends string>(
  what: string,
  values: readonly T[],
  spellings: Readonly<Record<string, T>>,
  cell: string,
): T {
  const folded = cell.trim().toLowerCase();
  const spaced = folded.replace(/[\s_-]+/g, ' ');
  const known = [folded, spaced].map((name) => values.find((value) => value === name)).find(Boolean);
  const value = known ?? (Object.hasOwn(spellings, spaced) ? spellings[spaced] : undefined);
  if (value === undefined)
    throw new DataError(`its ${what} ${JSON.stringify(cell.slice(0, 40))} is none of ${values.join(', ')}`);
  return value;
}
