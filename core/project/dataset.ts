/** What a project's data were after any of its changes, as records of `core/data/records.ts`. */
import type { Prompt } from '../contract/entities.ts';
import type { Store, Value } from './store.ts';

export interface Moment {
  /** The last change that counts. */
  readonly change: number;
  /** Only these prompts, and what was labeled of them. */
  readonly prompts?: readonly number[];
  readonly includeHeldOut: boolean;
}

export type PromptRecord = Omit<Prompt, 'text' | 'createdAt'> & { readonly prompt: string };

interface Labeled {
  readonly prompt: string;
  readonly labeler: string;
  readonly split: Prompt['split'];
}

export type DemonstrationRecord = Labeled & { readonly completion: string };
/** Completions that were left unranked are left out. */
export type RankingRecord = Labeled & { readonly completions: string[]; readonly ranks: number[] };

/** Of the rows of a table, those that held then. */
export const held = (table: string): string =>
  `${table}.created_change <= $change AND (${table}.retired_change IS NULL OR ${table}.retired_change > $change)`;

const asked = '($prompts IS NULL OR prompts.id IN (SELECT value FROM json_each($prompts)))';

/**
 * The labels of a table with their prompts and labelers, held out only where asked for. `CROSS JOIN` keeps the order
 * of the tables, in which each finds the next by an index.
 */
const labeled = (table: string, items: string, prompt: string): string => `
  FROM ${table} ${items}
  CROSS JOIN prompts ON prompts.id = ${prompt} AND ${held('prompts')}
  CROSS JOIN labelers ON labelers.id = ${table}.labeler AND labelers.held_out <= $heldOut AND ${held('labelers')}
  CROSS JOIN prompt_texts ON prompt_texts.id = prompts.text_id
  WHERE state = 'submitted' AND ${held(table)} AND ${asked} ORDER BY prompts.id, ${table}.version`;

export function promptsAt(store: Store, moment: Moment): Iterable<PromptRecord> {
  return store.each<PromptRecord>(
    `SELECT prompts.id, text AS prompt, kind, use_case AS useCase, author, split, source
     FROM prompts CROSS JOIN prompt_texts ON prompt_texts.id = prompts.text_id
     WHERE ${held('prompts')} AND ${asked} ORDER BY prompts.id`,
    placeholders(moment),
  );
}

export function demonstrationsAt(store: Store, moment: Moment): Iterable<DemonstrationRecord> {
  return store.each<DemonstrationRecord>(
    `SELECT prompt_texts.text AS prompt, demonstrations.text AS completion, name AS labeler, split
     ${labeled('demonstrations', '', 'demonstrations.prompt')}`,
    placeholders(moment),
  );
}

/**
 * Silent re-asks are left out: they measure their labeler, and would count twice. So is what was said of an
 * evaluation: nothing ever learns from it.
 */
export function* rankingsAt(store: Store, moment: Moment): Iterable<RankingRecord> {
  const items = `CROSS JOIN ranking_items AS items
    ON items.id = rankings.item AND items.reask_of IS NULL AND items.evaluation IS NULL AND ${held('items')}`;
  const rows = store.each<Labeled & { ranks: string; completions: string }>(
    `SELECT prompt_texts.text AS prompt, name AS labeler, split, ranks,
       (SELECT json_group_object(id, text) FROM completions WHERE item = items.id) AS completions
     ${labeled('rankings', items, 'items.prompt')}`,
    placeholders(moment),
  );
  for (const { prompt, labeler, split, ...row } of rows) {
    const ranked = rankedOf(row);
    if (ranked.ranks.length > 1) yield { prompt, ...ranked, labeler, split };
  }
}

function rankedOf(row: { ranks: string; completions: string }): Pick<RankingRecord, 'completions' | 'ranks'> {
  const ranks = JSON.parse(row.ranks) as Record<string, number>;
  const completions = JSON.parse(row.completions) as Record<string, string>;
  // Keys that are whole numbers come in their order, whatever the order they were written in.
  const ranked = Object.keys(completions).filter((id) => id in ranks);
  return { completions: ranked.map((id) => completions[id]!), ranks: ranked.map((id) => ranks[id]!) };
}

const placeholders = ({ change, prompts, includeHeldOut }: Moment): Readonly<Record<string, Value>> => ({
  change,
  prompts: prompts === undefined ? null : JSON.stringify(prompts),
  heldOut: Number(includeHeldOut),
});
