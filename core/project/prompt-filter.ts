import type { PromptFilter } from '../contract/entities.ts';
import type { Value } from './store.ts';

/** A condition on rows of `prompts`, with the values of its placeholders. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

const HOLDS = 'prompts.retired_change IS NULL';

/** The prompts that hold and that every field of a filter leaves. */
export function conditionOf(filter: PromptFilter): Condition {
  const conditions = [
    { sql: HOLDS, values: [] },
    ...oneOf('id', filter.ids),
    ...oneOf('kind', filter.kinds),
    ...oneOf('use_case', filter.useCases),
    ...oneOf('split', filter.splits),
    ...oneOf('author', filter.authors),
    ...oneOf('source', filter.sources),
    ...searched(filter.search ?? ''),
  ];
  return {
    sql: conditions.map(({ sql }) => sql).join(' AND '),
    values: conditions.flatMap(({ values }) => values),
  };
}

function oneOf(column: string, allowed: readonly (string | number | null)[] | undefined): Condition[] {
  if (allowed === undefined) return [];
  const listed = `prompts.${column} IN (SELECT value FROM json_each(?))`;
  const sql = allowed.includes(null) ? `(${listed} OR prompts.${column} IS NULL)` : listed;
  return [{ sql, values: [JSON.stringify(allowed)] }];
}

/** Scripts that write no spaces: what stands between two of them is no word of its own to the index. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** Each word, or what begins with it, by the index; what the index knows no word for, by reading the texts. */
function searched(search: string): Condition[] {
  const parts = search.split(/\s+/).filter((part) => part !== '');
  const literal = parts.filter((part) => UNSPACED.test(part) || part.match(WORD) === null);
  const words = parts.filter((part) => !literal.includes(part)).flatMap((part) => part.match(WORD)!);
  return [...(words.length > 0 ? [byIndex(words)] : []), ...literal.map(byText)];
}

const byIndex = (words: readonly string[]): Condition => ({
  sql: 'prompts.text_id IN (SELECT rowid FROM prompt_search WHERE prompt_search MATCH ?)',
  values: [words.map((word) => `"${word}"*`).join(' AND ')],
});

const byText = (part: string): Condition => ({
  sql: 'EXISTS (SELECT 1 FROM prompt_texts WHERE id = prompts.text_id AND instr(text, ?))',
  values: [part],
});
