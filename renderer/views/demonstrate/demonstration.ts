/** What is being written for one prompt, as pure functions; how it relates to what was submitted before. */
import type { CallOutput } from '../../../core/contract/calls.ts';

export type DemonstrationItem = NonNullable<CallOutput<'demonstrate.item'>>;

export interface Writing {
  readonly text: string;
  /** What this labeler submitted last; a draft never replaces it. */
  readonly submitted: string | null;
  /** The model whose answer the text began from. */
  readonly startedFrom: string | null;
}

export const startWriting = ({
  draft,
  submitted,
}: Pick<DemonstrationItem, 'draft' | 'submitted'>): Writing => ({
  text: draft ?? submitted ?? '',
  submitted,
  startedFrom: null,
});

/** An emptied text began from nothing. */
export const write = (writing: Writing, text: string): Writing => ({
  ...writing,
  text,
  startedFrom: text === '' ? null : writing.startedFrom,
});

export const startFrom = (writing: Writing, model: string, text: string): Writing => ({
  ...writing,
  text,
  startedFrom: model,
});

/** Whether it differs from what was submitted. */
export const isChanged = ({ text, submitted }: Writing): boolean => submitted !== null && text !== submitted;

/** Why it cannot be submitted, or null. */
export function submitProblem(writing: Writing): string | null {
  if (writing.text.trim() === '') return 'Write an answer first.';
  if (writing.submitted === writing.text) return 'This is what you submitted already.';
  return null;
}

export interface TokenCount {
  readonly prompt: number;
  readonly text: number;
  readonly context: number;
}

/** Tokens of the context that are left; negative beyond it. */
export const tokensLeft = ({ prompt, text, context }: TokenCount): number => context - prompt - text;
