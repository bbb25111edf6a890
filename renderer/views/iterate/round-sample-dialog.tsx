import { useState } from 'react';
import type { Round } from '../../../core/contract/calls.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { NumberField } from '../../components/fields.tsx';
import { Select } from '../../components/select.tsx';
import { perform } from '../../stores/perform.ts';
import { useCall } from '../../stores/use-call.ts';
import { useTask } from '../../stores/use-task.ts';
import { PromptChoice } from '../rank/sample-form.tsx';
import form from '../rank/sample-form.module.css';
import { modelItems, NO_MODEL, useModels, type Model } from '../sampling/models.ts';
import { SamplingFields, whole } from '../sampling/sampling-fields.tsx';
import { noteSampling } from './iterate-store.ts';
import styles from './iterate.module.css';
import {
  informedBy,
  newRoundSampling,
  samplingProblem,
  samplingWords,
  type RoundSampling,
} from './round-sampling.ts';

interface RoundSampleDialogProps {
  readonly round: Round;
  readonly onClose: () => void;
}

/** Asks what to sample from the policy of a round. */
export function RoundSampleDialog(props: RoundSampleDialogProps) {
  const { models } = useModels();
  return models && <Filling {...props} reward={models.reward} />;
}

function Filling({ round, reward, onClose }: RoundSampleDialogProps & { readonly reward: readonly Model[] }) {
  const [request, setRequest] = useState(() =>
    newRoundSampling(
      round.id,
      reward.map(({ path }) => path),
    ),
  );
  const change = (part: Partial<RoundSampling>) => setRequest((before) => ({ ...before, ...part }));
  const matching = useCall('prompts.page', { filter: request.filter, offset: 0, limit: 1 }).data?.total;
  const problem = samplingProblem(request, matching);
  const { start, isRunning } = useTask(async () => {
    const begun = await perform('rounds.sample', request);
    if (!begun) return;
    noteSampling(round.id, begun.work);
    onClose();
  });
  return (
    <Dialog
      title={`Sample completions for round ${round.number}`}
      isOpen
      keepOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={problem !== null || isRunning} onPress={() => start()}>
            Sample
          </Button>
        </>
      }
    >
      <div className={form.form}>
        <p className={styles.from}>From {round.policy.name}, shown blind and shuffled in Rank.</p>
        <PromptChoice request={request} onChange={change} />
        <div className={form.numbers}>
          <NumberField
            label="Prompts to rank"
            value={request.prompts}
            minValue={1}
            maxValue={100_000}
            formatOptions={whole}
            onChange={(prompts) => Number.isFinite(prompts) && change({ prompts })}
          />
          <NumberField
            label="Completions of each"
            value={request.completions}
            minValue={2}
            maxValue={9}
            formatOptions={whole}
            onChange={(completions) => Number.isFinite(completions) && change({ completions })}
          />
          <SamplingFields value={request} onChange={change} />
        </div>
        <Informative request={request} reward={reward} onChange={change} />
        <p className={form.summary} role="status">
          {problem ?? (matching === undefined ? '' : samplingWords(request, matching))}
        </p>
      </div>
    </Dialog>
  );
}

interface InformativeProps {
  readonly request: RoundSampling;
  readonly reward: readonly Model[];
  readonly onChange: (part: Partial<RoundSampling>) => void;
}

/** Keeps the prompts whose answers a reward model can least tell apart. */
function Informative({ request, reward, onChange }: InformativeProps) {
  const { informative } = request;
  if (reward.length === 0)
    return (
      <p className={styles.from}>
        Once there is a reward model, only the prompts whose order it is least sure of can be kept.
      </p>
    );
  return (
    <div className={styles.informative}>
      <Select
        label="Keep the least certain by"
        items={[{ id: NO_MODEL, label: 'Keep all' }, ...modelItems(reward)]}
        value={informative?.rewardModel ?? NO_MODEL}
        onChange={(path) => onChange({ informative: informedBy(request, path === NO_MODEL ? null : path) })}
      />
      <NumberField
        label="Out of prompts"
        value={informative?.outOf ?? request.prompts}
        minValue={1}
        maxValue={100_000}
        formatOptions={whole}
        isDisabled={informative === null}
        onChange={(outOf) =>
          informative && Number.isFinite(outOf) && onChange({ informative: { ...informative, outOf } })
        }
      />
    </div>
  );
}
