import { useState } from 'react';
import { useKeyOf } from '../../shortcuts/commands.ts';
import { useProject, useSettings } from '../../stores/session.ts';
import { useCall } from '../../stores/use-call.ts';
import type { QueueCounts } from '../../../core/contract/entities.ts';
import { QueueHeader } from '../labeling/queue-header.tsx';
import { QueueFailed, QueueLoading } from '../labeling/queue-state.tsx';
import { ReasonDialog } from '../labeling/reason-dialog.tsx';
import { EmptyEvaluation, EmptyQueue } from './empty-queue.tsx';
import { useJudged } from './judging.ts';
import { OrderDialog } from './order-dialog.tsx';
import { EvaluationBanner, QueueChoice } from './queue-choice.tsx';
import { RankItem } from './rank-item.tsx';
import { RankMenu } from './rank-menu.tsx';
import { giveReason, go, rankQueue, rankTimer, ratesFirst, setStage, useRank } from './rank-store.ts';
import { SampleDialog } from './sample-dialog.tsx';
import { SegmentedControl } from '../../components/toggles.tsx';
import { useRankCommands, type DialogProps, type RankDialog } from './use-rank-commands.ts';

/** The queue of one labeler: its header, its item or what to do without one, and its dialogs. */
export function RankQueue({ labeler }: { readonly labeler: number }) {
  const [dialog, setDialog] = useState<RankDialog | null>(null);
  const { phase: stands, item, error, evaluation } = rankQueue.use();
  const judged = useJudged(useProject()?.path ?? '');
  // Another queue has been chosen, and is about to be opened.
  const phase = evaluation === judged ? stands : 'loading';
  const counts = useCall('rank.counts', { labeler, ...(evaluation !== null && { evaluation }) }).data;
  const close = () => setDialog(null);
  useRankCommands(setDialog);
  return (
    <>
      <RankHeader counts={counts} onDialog={setDialog} />
      <EvaluationBanner />
      {phase === 'ready' && item && <RankItem item={item} onDialog={setDialog} />}
      {phase === 'empty' &&
        (evaluation === null ? (
          <EmptyQueue counts={counts} onDialog={setDialog} />
        ) : (
          <EmptyEvaluation counts={counts} />
        ))}
      {phase === 'loading' && <QueueLoading />}
      {phase === 'failed' && <QueueFailed error={error} onRetry={rankQueue.reload} />}
      <ReasonDialog
        kind={dialog === 'skip' || dialog === 'flag' ? dialog : null}
        onReason={giveReason}
        onClose={close}
      />
      {dialog === 'sample' && <SampleDialog onClose={close} />}
      {dialog === 'order' && <OrderDialog onClose={close} />}
    </>
  );
}

function RankHeader({ counts, onDialog }: DialogProps & { readonly counts: QueueCounts | undefined }) {
  const phase = rankQueue.use((state) => state.phase);
  const hasItem = phase === 'ready';
  return (
    <QueueHeader
      title="Rank"
      counts={counts}
      timer={hasItem ? rankTimer : null}
      onPrevious={hasItem || phase === 'empty' ? () => void go('previous') : null}
      onNext={hasItem ? () => void go('next') : null}
      previousKey={useKeyOf('rank.previous')}
      nextKey={useKeyOf('rank.next')}
      mode={
        <>
          <QueueChoice />
          {hasItem && <StageControl />}
        </>
      }
      actions={<RankMenu onDialog={onDialog} />}
    />
  );
}

const STAGES = [
  { id: 'rate', label: 'Rate' },
  { id: 'rank', label: 'Rank' },
] as const;

function StageControl() {
  const stage = useRank((state) => state.stage);
  if (!ratesFirst(useSettings())) return null;
  return <SegmentedControl label="Stage" items={STAGES} value={stage} onChange={setStage} />;
}
