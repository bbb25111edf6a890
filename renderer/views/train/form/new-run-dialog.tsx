import { useState } from 'react';
import type { RunForm } from '../../../../core/contract/calls.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { ErrorMessage, Spinner } from '../../../components/text.tsx';
import { perform } from '../../../stores/perform.ts';
import { useCall } from '../../../stores/use-call.ts';
import { useTask } from '../../../stores/use-task.ts';
import { showBegun } from '../run/actions.ts';
import { stageNames } from '../train-names.ts';
import { openNewRun, type NewRun } from '../train-store.ts';
import { checkWords } from './check-words.ts';
import type { Draft } from './draft.ts';
import styles from './new-run.module.css';
import { NotReadyDialog } from './not-ready-dialog.tsx';
import { RunFields } from './run-fields.tsx';
import { SUBMIT, SubmitKeys } from './submit-keys.tsx';
import { useChecked } from './use-checked.ts';
import { useDraft } from './use-draft.ts';
import { memoryWords, useMemory, withMemory } from './use-memory.ts';

interface NewRunDialogProps {
  readonly start: NewRun;
  readonly onClose: () => void;
}

/** From a stage to a run in the queue; nothing starts before everything about it is known to be right. */
export function NewRunDialog({ start, onClose }: NewRunDialogProps) {
  const { draft, error, change, chooseStage } = useDraft(start);
  if (!draft)
    return (
      <Dialog title="New run" isOpen onClose={onClose} width="xl">
        <Spinner label="Looking for what fits…" />
      </Dialog>
    );
  return (
    <DraftDialog draft={draft} onChange={change} onStage={chooseStage} error={error} onClose={onClose} />
  );
}

interface DraftDialogProps {
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  readonly onStage: (algorithm: Draft['algorithm']) => void;
  readonly error: string | null;
  readonly onClose: () => void;
}

function DraftDialog({ draft, onChange, onStage, error, onClose }: DraftDialogProps) {
  const answered = useChecked(draft);
  const planned = useMemory(answered.form);
  const checked = withMemory(answered, planned);
  const reasons = useReasonsAgainst(draft);
  const [isAsking, setAsking] = useState(false);
  const { form } = checked;
  const { start: begin, isRunning: isStarting } = useTask(async (form: RunForm) => {
    if (await startRun(form)) onClose();
  });
  const start = () => {
    if (form === null || reasons === undefined || isStarting) return;
    if (reasons.length > 0) setAsking(true);
    else begin(form);
  };
  return (
    <>
      <SubmitKeys onSubmit={start}>
        <Dialog
          title={`New run: ${stageNames[draft.algorithm]}`}
          isOpen
          keepOpen
          onClose={onClose}
          width="xl"
          footer={
            <>
              <p className={styles.summary} role="status">
                {[checkWords(checked), checked.form && memoryWords(planned)].filter(Boolean).join(', ')}
              </p>
              <Button onPress={onClose}>Cancel</Button>
              <Button
                variant="primary"
                combo={SUBMIT}
                isDisabled={form === null || reasons === undefined || isStarting}
                onPress={start}
              >
                {isStarting ? 'Starting…' : 'Start'}
              </Button>
            </>
          }
        >
          {error !== null && <ErrorMessage>{error}</ErrorMessage>}
          <RunFields {...{ draft, planned, onChange, onStage }} problems={checked.problems} />
        </Dialog>
      </SubmitKeys>
      {isAsking && form?.rewardModel !== undefined && (
        <NotReadyDialog
          rewardModel={form.rewardModel}
          reasons={reasons ?? []}
          onStart={() => begin(form)}
          onLeave={() => openNewRun(null)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

const NO_REASONS: readonly string[] = [];

/** Why PPO should not rely on the chosen reward model; undefined until that is known. */
function useReasonsAgainst({ algorithm, rewardModel }: Draft): readonly string[] | undefined {
  const asks = algorithm === 'ppo' && rewardModel !== null;
  const { data, loading, error } = useCall('rewardModels.readiness', asks ? { model: rewardModel } : null);
  if (!asks || error !== undefined) return NO_REASONS;
  if (loading || data === undefined) return undefined;
  return data.ready ? NO_REASONS : data.reasons;
}

/** Puts it into the queue and shows it; gives whether it is there. */
async function startRun(form: RunForm): Promise<boolean> {
  const started = await perform('runs.start', form);
  if (!started) return false;
  showBegun(started.work, form.name);
  return true;
}
