/** What of a file that was read goes into a project. */
import type { z } from 'zod';
import type { ImportReport as ReportSchema } from '../../contract/calls.ts';
import type { Converted, ImportedRow } from '../../data/import/convert.ts';
import type { ImportBundle, ImportedDemonstration, ImportedRanking } from '../../project/imports.ts';
import type { Project } from '../../project/project.ts';

export type ImportReport = z.infer<typeof ReportSchema>;

/** Problems that a report spells out. */
const SHOWN_PROBLEMS = 100;

/** What a project holds before an import: prompts by their text, and its labels. */
export interface Held {
  readonly prompts: ReadonlyMap<string, number>;
  readonly labels: ReadonlySet<string>;
}

export interface ImportPlan {
  readonly bundle: Required<Omit<ImportBundle, 'labelers'>>;
  readonly report: ImportReport;
}

export function heldBy(project: Project): Held {
  const everything = { filter: {}, includeHeldOut: true };
  const demonstrations = project.exports.rows({ layout: 'prompt-completion', ...everything });
  const rankings = project.exports.rows({ layout: 'ranking', ...everything });
  return {
    prompts: new Map(project.prompts.texts().map(({ id, text }) => [text, id])),
    labels: new Set([
      ...demonstrations.map(({ prompt, completion }) => demonstrationKey(prompt, completion)),
      ...rankings.map(({ prompt, completions, ranks }) => rankingKey(prompt, { completions, ranks })),
    ]),
  };
}

/**
 * A plan of what is added. Rows with a label share the prompt of the same text, the project's own included; a row is
 * a duplicate where the project holds its label or, having none, its prompt.
 */
export function planImport(
  { rows, problems }: Converted,
  held: Held,
  { source, skipDuplicates }: { readonly source: string; readonly skipDuplicates: boolean },
): ImportPlan {
  const isDuplicate = (row: ImportedRow) => isHeld(row, held);
  const duplicates = rows.filter(isDuplicate).length;
  const bundle = bundleOf(skipDuplicates ? rows.filter((row) => !isDuplicate(row)) : rows, held, source);
  return {
    bundle,
    report: {
      prompts: bundle.prompts.filter((prompt) => !('id' in prompt)).length,
      demonstrations: bundle.demonstrations.length,
      rankings: bundle.rankings.length,
      duplicates,
      errors: { count: problems.length, first: problems.slice(0, SHOWN_PROBLEMS) },
    },
  };
}

function bundleOf(rows: readonly ImportedRow[], held: Held, source: string) {
  const prompts: ImportBundle['prompts'][number][] = [];
  const demonstrations: ImportedDemonstration[] = [];
  const rankings: ImportedRanking[] = [];
  const labeled = new Map<string, number>();
  const shared = ({ prompt: fields }: ImportedRow): number => {
    const known = labeled.get(fields.text);
    if (known !== undefined) return known;
    const id = held.prompts.get(fields.text);
    const index = prompts.push(id === undefined ? fields : { id }) - 1;
    labeled.set(fields.text, index);
    return index;
  };
  for (const row of rows) {
    const { demonstration, ranking, labeler } = row;
    const by = labeler === null ? {} : { labeler };
    if (demonstration === null && ranking === null) prompts.push(row.prompt);
    if (demonstration !== null) demonstrations.push({ prompt: shared(row), text: demonstration, ...by });
    if (ranking !== null) rankings.push({ prompt: shared(row), ...ranking, ...by });
  }
  return { source, prompts, demonstrations, rankings };
}

function isHeld({ prompt: { text }, demonstration, ranking }: ImportedRow, held: Held): boolean {
  if (demonstration !== null) return held.labels.has(demonstrationKey(text, demonstration));
  if (ranking !== null) return held.labels.has(rankingKey(text, ranking));
  return held.prompts.has(text);
}

const demonstrationKey = (prompt: string, completion: string): string => JSON.stringify([prompt, completion]);

/** Rankings are the same where they order the same completions alike, whoever made them. */
function rankingKey(
  prompt: string,
  { completions, ranks }: { completions: readonly string[]; ranks: readonly (number | null)[] },
): string {
  const given = [...new Set(ranks)].filter((rank) => rank !== null).sort((a, b) => a - b);
  const ranked = completions.map((completion, i) => [completion, given.indexOf(ranks[i] ?? 0)] as const);
  return JSON.stringify([prompt, ranked.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))]);
}
