import { BookOpen, CircleCheck, PenLine } from 'lucide-react';
import { useState } from 'react';
import type { QueueCounts } from '../../../core/contract/entities.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { useCommands, useKeyOf } from '../../shortcuts/commands.ts';
import { useSettings } from '../../stores/session.ts';
import { goTo, toggleGuidelines } from '../../stores/ui.ts';
import { useCall } from '../../stores/use-call.ts';
import { QueueHeader } from '../labeling/queue-header.tsx';
import { QueueFailed, QueueLoading } from '../labeling/queue-state.tsx';
import { ReasonDialog, type ReasonKind } from '../labeling/reason-dialog.tsx';
import './demonstrate-commands.ts';
import { DemonstrateItem } from './demonstrate-item.tsx';
import {
  demonstrateQueue,
  demonstrateTimer,
  giveReason,
  go,
  startFromModel,
  submit,
  undo,
} from './demonstrate-store.ts';
import { useModels } from './use-models.ts';

/** The prompts of one labeler: the header, the item or what to do without one. */
export function DemonstrateQueue({ labeler }: { readonly labeler: number }) {
  const [reasonKind, setReasonKind] = useState<ReasonKind | null>(null);
  const { phase, item, error } = demonstrateQueue.use();
  const counts = useCall('demonstrate.counts', { labeler }).data;
  useDemonstrateCommands(setReasonKind);
  return (
    <>
      <Header counts={counts} />
      {phase === 'ready' && item && <DemonstrateItem item={item} onReason={setReasonKind} />}
      {phase === 'empty' && <NothingLeft counts={counts} />}
      {phase === 'loading' && <QueueLoading />}
      {phase === 'failed' && <QueueFailed error={error} onRetry={demonstrateQueue.reload} />}
      <ReasonDialog kind={reasonKind} onReason={giveReason} onClose={() => setReasonKind(null)} />
    </>
  );
}

function useDemonstrateCommands(onReason: (kind: ReasonKind) => void): void {
  const hasItem = demonstrateQueue.use((state) => state.phase === 'ready');
  const canStart = useSettings()?.labeling.startFromModel ?? false;
  const { model } = useModels();
  useCommands({
    'demonstrate.submit': hasItem ? submit : null,
    'demonstrate.guidelines': toggleGuidelines,
    'demonstrate.start': hasItem && canStart && model ? () => void startFromModel(model.path) : null,
    'demonstrate.undo': () => void undo(),
    'demonstrate.next': hasItem ? () => void go('next') : null,
    'demonstrate.previous': () => void go('previous'),
    'demonstrate.skip': hasItem ? () => onReason('skip') : null,
    'demonstrate.flag': hasItem ? () => onReason('flag') : null,
  });
}

function Header({ counts }: { readonly counts: QueueCounts | undefined }) {
  const phase = demonstrateQueue.use((state) => state.phase);
  const hasItem = phase === 'ready';
  const guidelinesKey = useKeyOf('demonstrate.guidelines');
  return (
    <QueueHeader
      title="Demonstrate"
      counts={counts}
      timer={hasItem ? demonstrateTimer : null}
      onPrevious={hasItem || phase === 'empty' ? () => void go('previous') : null}
      onNext={hasItem ? () => void go('next') : null}
      previousKey={useKeyOf('demonstrate.previous')}
      nextKey={useKeyOf('demonstrate.next')}
      actions={
        <IconButton label="Guidelines" icon={BookOpen} combo={guidelinesKey} onPress={toggleGuidelines} />
      }
    />
  );
}

function NothingLeft({ counts }: { readonly counts: QueueCounts | undefined }) {
  const isDone = counts !== undefined && counts.submitted + counts.skipped > 0;
  return (
    <EmptyState
      icon={isDone ? CircleCheck : PenLine}
      title={isDone ? 'Every prompt has its demonstration' : 'No prompts to answer yet'}
      actions={
        <Button variant="primary" onPress={() => goTo('prompts')}>
          {isDone ? 'Add more prompts' : 'Add prompts'}
        </Button>
      }
    >
      {isDone
        ? 'All prompts are answered or skipped. Go on with ranking, or add prompts to write for.'
        : 'Demonstrations are answers as they should be. Write or import prompts first; they appear here one after another.'}
    </EmptyState>
  );
}
