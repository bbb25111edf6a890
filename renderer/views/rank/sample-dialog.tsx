import { useState } from 'react';
import type { CallOutput } from '../../../core/contract/calls.ts';
import { useCall } from '../../stores/use-call.ts';
import { perform } from '../../stores/perform.ts';
import { isUnderWay, stopWork, useWorkById } from '../../stores/work.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ProgressBar } from '../../components/progress.tsx';
import { ErrorMessage } from '../../components/text.tsx';
import { SampleForm } from './sample-form.tsx';
import { newSampleRequest, sampleProblem, type SampleRequest } from './sample-request.ts';

/** Asks what to sample, then shows how far it is; it goes on when the dialog is closed. */
export function SampleDialog({ onClose }: { readonly onClose: () => void }) {
  const models = useCall('models.list', {}).data?.filter(({ head }) => head === 'language');
  return models && <SampleSteps models={models} onClose={onClose} />;
}

interface StepsProps {
  readonly models: CallOutput<'models.list'>;
  readonly onClose: () => void;
}

function SampleSteps({ models, onClose }: StepsProps) {
  const [request, setRequest] = useState<SampleRequest>(() =>
    newSampleRequest(models.map(({ path }) => path)),
  );
  const [workId, setWorkId] = useState<string | null>(null);
  const matching = useCall('prompts.page', { filter: request.filter, offset: 0, limit: 1 }).data?.total;
  const problem = sampleProblem(request, matching);
  const start = async () => setWorkId((await perform('rank.sample', request))?.work ?? null);

  if (workId !== null) return <SamplingProgress workId={workId} onClose={onClose} />;
  return (
    <Dialog
      title="Sample completions"
      width="md"
      isOpen
      keepOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={problem !== null} onPress={() => void start()}>
            Sample
          </Button>
        </>
      }
    >
      <SampleForm
        request={request}
        onChange={(change) => setRequest((before) => ({ ...before, ...change }))}
        models={models}
        matching={matching}
        problem={problem}
      />
    </Dialog>
  );
}

function SamplingProgress({ workId, onClose }: { readonly workId: string; readonly onClose: () => void }) {
  const work = useWorkById(workId);
  const underWay = work === undefined || isUnderWay(work);
  return (
    <Dialog
      title="Sample completions"
      width="sm"
      isOpen
      onClose={onClose}
      footer={
        <>
          {underWay && <Button onPress={() => stopWork(workId)}>Stop</Button>}
          <Button variant="primary" onPress={onClose}>
            {underWay ? 'Go on labeling' : 'Close'}
          </Button>
        </>
      }
    >
      {work?.state === 'failed' ? (
        <ErrorMessage>{work.message}</ErrorMessage>
      ) : (
        <ProgressBar
          label={work?.message || work?.title || 'Waiting for the trainer'}
          value={work && work.done > 0 ? work.done : null}
          max={work?.total ?? 1}
        />
      )}
    </Dialog>
  );
}
