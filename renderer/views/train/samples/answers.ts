/** The answers to one prompt over a run: where one is in time, and which differ. */
import type { WatchedPrompt } from '../../../../core/contract/calls.ts';

export type Answer = WatchedPrompt['answers'][number];

/** An answer that was given the same way from one step to another. */
export interface Version {
  readonly from: number;
  readonly to: number;
  /** The last time that it was given. */
  readonly answer: Answer;
}

/** Place of the answer that held at a step; null stands for the newest. */
export function placeAt(answers: readonly Answer[], step: number | null): number {
  if (step === null) return answers.length - 1;
  return Math.max(
    0,
    answers.findLastIndex((answer) => answer.step <= step),
  );
}

/** Answers in a row that are equal as one, oldest first. */
export function versionsOf(answers: readonly Answer[]): Version[] {
  const versions: Version[] = [];
  for (const answer of answers) {
    const last = versions.at(-1);
    const isSame = last?.answer.completion === answer.completion && last.answer.ended === answer.ended;
    if (last && isSame) versions[versions.length - 1] = { from: last.from, to: answer.step, answer };
    else versions.push({ from: answer.step, to: answer.step, answer });
  }
  return versions;
}

export type Comparison = 'none' | 'first' | 'previous';

/** What an answer is compared with: none for the first, which has nothing before it. */
export function comparedWith(
  answers: readonly Answer[],
  place: number,
  comparison: Comparison,
): Answer | undefined {
  if (comparison === 'none' || place <= 0) return undefined;
  return answers[comparison === 'first' ? 0 : place - 1];
}
