/** Personal data that was found, as it is shown in its context and chosen one by one. */
import type { z } from 'zod';
import type { PersonalDataFinding } from '../../../../core/contract/calls.ts';

export type Finding = z.infer<typeof PersonalDataFinding>;
export type FindingKind = Finding['kind'];

export interface Excerpt {
  readonly before: string;
  readonly match: string;
  readonly after: string;
}

const CONTEXT = 44;

/** A finding with the words around it, on one line. */
export function excerptOf(text: string, { start, end }: Pick<Finding, 'start' | 'end'>): Excerpt {
  const from = Math.max(0, start - CONTEXT);
  const to = Math.min(text.length, end + CONTEXT);
  return {
    before: (from > 0 ? '…' : '') + oneLine(text.slice(from, start)).trimStart(),
    match: oneLine(text.slice(start, end)),
    after: oneLine(text.slice(end, to)).trimEnd() + (to < text.length ? '…' : ''),
  };
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

/** How many there are of each kind, the most frequent first. */
export function kindsOf(findings: readonly Finding[]): { kind: FindingKind; count: number }[] {
  const counts = new Map<FindingKind, number>();
  for (const { kind } of findings) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => ({ kind, count })).toSorted((a, b) => b.count - a.count);
}

/** The prompts in which there are findings, each once. */
export const promptsWith = (findings: readonly Finding[]): number[] => [
  ...new Set(findings.map(({ promptId }) => promptId)),
];
