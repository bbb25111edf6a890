import { counted } from '../names.ts';
import type { Report } from './import-flow.ts';

/** Rows that can be imported: a label each, or a prompt each where the file has no labels. */
const rowsIn = ({ prompts, demonstrations, rankings }: Report): number =>
  demonstrations + rankings || prompts;

/** Why nothing would come of an import, or null. */
export function nothingToImport(report: Report, skipDuplicates: boolean): string | null {
  const rows = rowsIn(report);
  if (rows === 0) return 'Nothing can be imported with this mapping: go back and choose other columns.';
  if (skipDuplicates && report.duplicates >= rows)
    return 'The project holds every row of this file already: there is nothing new in it.';
  return null;
}

/** What an import would bring, in words. */
export function plannedIn(report: Report, skipDuplicates: boolean): string {
  if (!skipDuplicates || report.duplicates === 0) return contentOf(report);
  return counted(Math.max(0, rowsIn(report) - report.duplicates), 'row');
}

/** What of a file gets into the project, in words. */
export function contentOf({ prompts, demonstrations, rankings }: Report): string {
  const labels = demonstrations + rankings;
  const parts = [
    (prompts > 0 || labels === 0) && counted(prompts, 'prompt'),
    demonstrations > 0 && counted(demonstrations, 'demonstration'),
    rankings > 0 && counted(rankings, 'ranking'),
  ].filter((part) => part !== false);
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
