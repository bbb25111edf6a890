import { memo } from 'react';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { ProgressBar } from '../../../components/progress.tsx';
import { figuresOf, showFigure } from '../figures.ts';
import { useLiveRun } from '../live-runs.ts';
import { stageNames } from '../train-names.ts';
import { StateDot } from './state-dot.tsx';
import styles from './run-list.module.css';

/** A run of the list; only its own steps draw it again. */
export const RunRow = memo(function RunRow({ run }: { readonly run: RunSummary }) {
  const live = useLiveRun(run.path);
  const step = live?.step ?? run.step;
  const figures = figuresOf(run.algorithm, { ...run.last, ...live?.last });
  return (
    <span className={styles.words}>
      <span className={styles.name}>
        <StateDot run={run} />
        <span className={styles.ellipsis}>{run.name}</span>
      </span>
      <span className={styles.line}>
        <span className={styles.ellipsis}>{stageNames[run.algorithm]}</span>
        <span className={styles.steps}>{stepWords(step, run.steps)}</span>
      </span>
      {run.state === 'working' && run.steps > 0 && (
        <ProgressBar label={`Progress of ${run.name}`} hideLabel value={step} max={run.steps} />
      )}
      {figures.length > 0 && (
        <span className={styles.line}>
          {figures.map(({ label, value }) => (
            <span key={label}>
              {label} <b>{showFigure(value)}</b>
            </span>
          ))}
        </span>
      )}
    </span>
  );
});

const stepWords = (step: number, steps: number): string =>
  steps > 0
    ? `${step.toLocaleString('en')} / ${steps.toLocaleString('en')}`
    : `step ${step.toLocaleString('en')}`;
