import type { Evaluation } from '../../../core/contract/calls.ts';
import { classes } from '../../components/classes.ts';
import { ProgressBar } from '../../components/progress.tsx';
import { counted } from '../prompts/names.ts';
import { select, useWorkOn } from './evaluate-store.ts';
import styles from './evaluate.module.css';

interface EvaluationListProps {
  /** Newest first. */
  readonly evaluations: readonly Evaluation[];
  readonly current: number;
}

export function EvaluationList({ evaluations, current }: EvaluationListProps) {
  return (
    <nav className={styles.list} aria-label="Evaluations">
      <ul>
        {evaluations.map((evaluation) => (
          <li key={evaluation.id}>
            <Entry evaluation={evaluation} isCurrent={evaluation.id === current} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Entry({ evaluation, isCurrent }: { readonly evaluation: Evaluation; readonly isCurrent: boolean }) {
  const work = useWorkOn(evaluation);
  const { id, name, models, prompts, answered } = evaluation;
  return (
    <button
      type="button"
      className={classes(styles.entry, isCurrent && styles.current)}
      aria-current={isCurrent}
      onClick={() => select(id)}
    >
      <b>{name}</b>
      <span>
        {counted(models.length, 'model')}, {counted(prompts, 'prompt')}
      </span>
      {work || answered < prompts ? (
        <ProgressBar label={`${answered} answered`} value={answered} max={prompts} />
      ) : (
        <span>{progressWords(evaluation)}</span>
      )}
    </button>
  );
}

const progressWords = ({ judged, prompts }: Evaluation): string =>
  judged === prompts ? 'all judged' : `${judged} of ${prompts} judged`;
