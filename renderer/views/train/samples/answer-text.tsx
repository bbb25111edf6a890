import { useMemo } from 'react';
import { DifferenceText } from '../../rank/difference-text.tsx';
import { difference } from '../../rank/difference.ts';
import { showFigure } from '../figures.ts';
import type { Answer } from './answers.ts';
import styles from './samples.module.css';

interface AnswerTextProps {
  readonly answer: Answer;
  /** The one to show the differences from. */
  readonly other: Answer | undefined;
}

export function AnswerText({ answer: { completion }, other }: AnswerTextProps) {
  const before = other?.completion;
  const parts = useMemo(
    () => (before === undefined || before === completion ? undefined : difference(before, completion)),
    [before, completion],
  );
  return (
    <div className={styles.answer}>
      {parts === null && (
        <p className={styles.unlike}>Hardly anything in common with the one at step {other?.step}</p>
      )}
      {parts ? <DifferenceText parts={parts} /> : completion || <em>An empty answer</em>}
    </div>
  );
}

/** When it was given and how it was scored. */
export function AnswerFigures({ answer: { step, score, gold, ended } }: { readonly answer: Answer }) {
  return (
    <span className={styles.figures}>
      <b>{step === 0 ? 'Before training' : `Step ${step.toLocaleString('en')}`}</b>
      {score !== null && <span>Score {showFigure(score)}</span>}
      {gold !== null && <span>Gold {showFigure(gold)}</span>}
      {!ended && <span>Cut at the most tokens</span>}
    </span>
  );
}
