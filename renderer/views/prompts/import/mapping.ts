/** The mapping of a file's columns to the workbench's fields, as it is edited before an import. */
import type { z } from 'zod';
import {
  importFields,
  importPromptFields,
  type ImportLayout,
  type ImportMapping,
} from '../../../../core/contract/calls.ts';
import { without } from '../without.ts';

export type Mapping = z.infer<typeof ImportMapping>;

export const layoutNames: Readonly<Record<ImportLayout, { label: string; description: string }>> = {
  prompts: { label: 'Prompts', description: 'One prompt in each row' },
  'prompt-completion': { label: 'Prompt and completion', description: 'A prompt and one answer to it' },
  alpaca: { label: 'Alpaca', description: 'Instruction, input and output' },
  'self-instruct': { label: 'Self-instruct', description: 'An instruction with its instances' },
  messages: { label: 'Chat messages', description: 'A conversation: messages or ShareGPT' },
  preference: { label: 'Preferences', description: 'A chosen and a rejected answer' },
  ranking: { label: 'Ranked lists', description: 'Several answers in the order of their rank' },
};

export const fieldNames: Readonly<Record<string, string>> = {
  prompt: 'Prompt',
  completion: 'Completion',
  instruction: 'Instruction',
  input: 'Input',
  output: 'Output',
  instances: 'Instances',
  messages: 'Messages',
  chosen: 'Chosen',
  rejected: 'Rejected',
  completions: 'Completions',
  ranks: 'Ranks',
  system: 'System message',
  labeler: 'Labeler',
  kind: 'Kind',
  useCase: 'Use case',
  author: 'Author',
  split: 'Split',
};

/** Other names by which files call a field, the likeliest first. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  prompt: ['text', 'instruction', 'question', 'query', 'input'],
  completion: ['output', 'response', 'answer', 'completion', 'target'],
  instruction: ['prompt', 'question'],
  output: ['completion', 'response', 'answer'],
  input: ['context'],
  messages: ['conversations', 'conversation'],
  chosen: ['preferred', 'winner'],
  rejected: ['dispreferred', 'loser'],
  completions: ['responses', 'answers', 'outputs', 'candidates'],
  ranks: ['rank', 'ranking', 'scores'],
  useCase: ['use_case', 'category', 'task'],
  author: ['user', 'user_id'],
  labeler: ['annotator', 'worker'],
  system: ['system_prompt'],
  split: ['subset'],
  kind: ['type'],
};

export interface MappedField {
  readonly field: string;
  readonly required: boolean;
}

/** The fields that a layout can have, those that it must have first. */
export const fieldsOf = (layout: ImportLayout): MappedField[] => [
  ...importFields[layout].required.map((field) => ({ field, required: true })),
  ...[...importFields[layout].optional, ...importPromptFields].map((field) => ({ field, required: false })),
];

/** Another layout: what is mapped already stays where the new layout has it, the rest is guessed by name. */
export function withLayout(mapping: Mapping, layout: ImportLayout, columns: readonly string[]): Mapping {
  const mapped = fieldsOf(layout).flatMap(({ field }) => {
    const column = mapping.columns[field] ?? guess(field, columns);
    return column === undefined ? [] : [[field, column] as const];
  });
  return { ...mapping, layout, columns: Object.fromEntries(mapped) };
}

function guess(field: string, columns: readonly string[]): string | undefined {
  const names = [field, ...(aliases[field] ?? [])];
  const found = names.flatMap((name) =>
    columns.filter((column) => column.toLowerCase() === name.toLowerCase()),
  );
  return found[0];
}

/** Takes a field from a column, or from none. */
export function withColumn(mapping: Mapping, field: string, column: string | null): Mapping {
  const others = without(mapping.columns, field);
  return { ...mapping, columns: column === null ? others : { ...others, [field]: column } };
}

/** What rows get that say nothing of it themselves. */
export function withDefault<K extends keyof Mapping['defaults']>(
  mapping: Mapping,
  name: K,
  value: Mapping['defaults'][K] | null,
): Mapping {
  const others = without(mapping.defaults, name);
  return { ...mapping, defaults: value === null ? others : { ...others, [name]: value } };
}

/** Fields that rows must have and that no column is given for. */
export const missingFields = ({ layout, columns }: Mapping): string[] =>
  importFields[layout].required.filter((field) => columns[field] === undefined);

/** What can be chosen for a field: the file's columns, and a path that reaches into one. */
export const columnChoices = (mapping: Mapping, columns: readonly string[]): string[] => [
  ...new Set([...columns, ...Object.values(mapping.columns)]),
];
