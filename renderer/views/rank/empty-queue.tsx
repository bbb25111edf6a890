import { CircleCheck, Dices, ListOrdered } from 'lucide-react';
import type { Work } from '../../../core/contract/calls.ts';
import type { QueueCounts } from '../../../core/contract/entities.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ProgressBar } from '../../components/progress.tsx';
import { goTo } from '../../stores/ui.ts';
import { isUnderWay, stopWork, useWork } from '../../stores/work.ts';
import styles from './empty-queue.module.css';
import { rankForTraining } from './judging.ts';
import type { DialogProps } from './use-rank-commands.ts';

/** Nothing waits: it is still being sampled, was not sampled yet, or is done. */
export function EmptyQueue({ counts, onDialog }: DialogProps & { readonly counts: QueueCounts | undefined }) {
  const sampling = useWork(({ works }) => works.find((work) => work.kind === 'sample' && isUnderWay(work)));
  if (sampling) return <Sampling work={sampling} />;
  const isDone = counts !== undefined && counts.submitted + counts.skipped > 0;
  return (
    <EmptyState
      icon={isDone ? CircleCheck : ListOrdered}
      title={isDone ? 'All of the queue is done' : 'Nothing to rank yet'}
      actions={
        <>
          <Button variant="primary" onPress={() => onDialog('sample')}>
            Sample completions…
          </Button>
          <Button onPress={() => goTo('prompts')}>{isDone ? 'Add prompts' : 'Import rankings'}</Button>
        </>
      }
    >
      {isDone
        ? 'Every item is submitted or skipped. Sample more completions to go on.'
        : 'Sample two to nine completions for each prompt from your models, or import ranked lists. They are shown blind and shuffled.'}
    </EmptyState>
  );
}

/** Nothing waits in an evaluation: its answers are on their way, or all of it is judged. */
export function EmptyEvaluation({ counts }: { readonly counts: QueueCounts | undefined }) {
  const isDone = counts !== undefined && counts.submitted + counts.skipped > 0;
  return (
    <EmptyState
      icon={isDone ? CircleCheck : Dices}
      title={isDone ? 'All of the evaluation is judged' : 'No answers to judge yet'}
      actions={
        <>
          <Button variant="primary" onPress={() => goTo('evaluate')}>
            See the report
          </Button>
          <Button onPress={rankForTraining}>Rank for training</Button>
        </>
      }
    >
      {isDone
        ? 'You have judged every answer of it. The report has the win rates.'
        : 'The first prompt appears here as soon as every model has answered it.'}
    </EmptyState>
  );
}

function Sampling({ work }: { readonly work: Work }) {
  return (
    <EmptyState
      icon={Dices}
      title="Completions are on their way"
      actions={
        <div className={styles.sampling}>
          <ProgressBar label={work.title} value={work.done > 0 ? work.done : null} max={work.total} />
          <Button onPress={() => stopWork(work.id)}>Stop</Button>
        </div>
      }
    >
      The first item appears here as soon as it is sampled; the others follow while you rank.
    </EmptyState>
  );
}
