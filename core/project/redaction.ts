import type { CallArguments } from '../contract/calls.ts';
import { ProjectError } from '../contract/errors.ts';

type Finding = CallArguments<'prompts.redact'>['findings'][number];

/** A text with each finding replaced by its kind in brackets; of two that overlap, the first counts. */
export function redacted(text: string, findings: readonly Finding[]): string {
  let result = '';
  let end = 0;
  for (const finding of findings.toSorted((a, b) => a.start - b.start)) {
    checkFound(text, finding);
    if (finding.start < end) continue;
    result += `${text.slice(end, finding.start)}[${finding.kind}]`;
    end = finding.end;
  }
  return result + text.slice(end);
}

function checkFound(text: string, { promptId, start, end, text: found }: Finding): void {
  if (text.slice(start, end) !== found)
    throw new ProjectError(
      `prompt ${promptId} has changed and no longer holds "${found}" there: search again`,
    );
}
