import { useState } from 'react';
import type { Evaluation } from '../../../core/contract/calls.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorMessage, Spinner } from '../../components/text.tsx';
import { perform } from '../../stores/perform.ts';
import { useCall } from '../../stores/use-call.ts';
import { useTask } from '../../stores/use-task.ts';
import { useModels } from '../sampling/models.ts';
import { select } from './evaluate-store.ts';
import { EvaluationForm, type FormChoices } from './evaluation-form.tsx';
import styles from './evaluate.module.css';
import { newRequest, problemOf, summaryOf, type EvaluationRequest } from './new-evaluation.ts';

interface NewEvaluationDialogProps {
  /** Models that were asked for, the baseline first. */
  readonly asked: readonly string[];
  readonly evaluations: readonly Evaluation[];
  readonly onClose: () => void;
}

export function NewEvaluationDialog({ asked, evaluations, onClose }: NewEvaluationDialogProps) {
  const { models, error } = useModels();
  const facets = useCall('prompts.facets', {}).data;
  const labelers = useCall('labelers.list', {}).data;
  if (!models || !facets || !labelers)
    return (
      <Dialog title="New evaluation" isOpen onClose={onClose}>
        {error ? <ErrorMessage>{error}</ErrorMessage> : <Spinner label="Looking for models…" />}
      </Dialog>
    );
  const hasSimulated = labelers.some(({ simulated }) => simulated);
  const initial = newRequest({
    asked,
    splits: facets.splits,
    evaluations: [...evaluations],
    hasSimulated,
    rewardModel: models.reward[0]?.path ?? null,
  });
  return <Filling initial={initial} choices={{ ...models, hasSimulated }} onClose={onClose} />;
}

interface FillingProps {
  readonly initial: EvaluationRequest;
  readonly choices: FormChoices;
  readonly onClose: () => void;
}

function Filling({ initial, choices, onClose }: FillingProps) {
  const [request, setRequest] = useState(initial);
  const matching = useCall('prompts.page', { filter: request.filter, offset: 0, limit: 1 }).data?.total;
  const problem = problemOf(request, matching);
  const { start, isRunning } = useTask(async () => {
    const begun = await perform('evaluations.create', request);
    if (!begun) return;
    select(begun.evaluation);
    onClose();
  });
  return (
    <Dialog
      title="New evaluation"
      width="lg"
      isOpen
      keepOpen
      onClose={onClose}
      footer={
        <>
          <p className={styles.summary} role="status">
            {problem ?? (matching === undefined ? '' : summaryOf(request, matching))}
          </p>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={problem !== null || isRunning} onPress={() => start()}>
            Evaluate
          </Button>
        </>
      }
    >
      <EvaluationForm
        request={request}
        onChange={(change) => setRequest((before) => ({ ...before, ...change }))}
        choices={choices}
      />
    </Dialog>
  );
}
