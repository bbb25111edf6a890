import { useState } from 'react';
import type { Settings } from '../../../core/contract/calls.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Select } from '../../components/select.tsx';
import { SegmentedControl } from '../../components/toggles.tsx';
import { perform } from '../../stores/perform.ts';
import { changeSettings, useSettings } from '../../stores/session.ts';
import { useCall } from '../../stores/use-call.ts';
import { isUnderWay, stopWork, useWork } from '../../stores/work.ts';
import { ProgressBar } from '../../components/progress.tsx';
import styles from './sample-form.module.css';

type Order = Settings['labeling']['order'];

const ORDERS = [
  { id: 'random', label: 'Random' },
  { id: 'uncertainty', label: 'Least certain first' },
] as const;

/** Which item comes next: any, or the one whose completions a reward model can least tell apart. */
export function OrderDialog({ onClose }: { readonly onClose: () => void }) {
  const labeling = useSettings()?.labeling;
  if (labeling === undefined) return null;
  const setOrder = (order: Order) => void changeSettings({ labeling: { ...labeling, order } });
  return (
    <Dialog
      title="Order of the queue"
      width="sm"
      isOpen
      onClose={onClose}
      footer={
        <Button variant="primary" onPress={onClose}>
          Done
        </Button>
      }
    >
      <div className={styles.form}>
        <SegmentedControl label="Order" items={ORDERS} value={labeling.order} onChange={setOrder} />
        {labeling.order === 'random' ? (
          <p>Every labeler meets the items in an order of their own.</p>
        ) : (
          <Scoring />
        )}
      </div>
    </Dialog>
  );
}

function Scoring() {
  const [chosen, setChosen] = useState<string | null>(null);
  const models = useCall('models.list', {}).data?.filter(({ head }) => head === 'scalar');
  const scoring = useWork(({ works }) => works.find((work) => work.kind === 'score' && isUnderWay(work)));
  const model = chosen ?? models?.[0]?.path ?? null;
  if (models?.length === 0)
    return <p>This needs a reward model. Train one from the rankings you have, then come back.</p>;
  if (scoring)
    return (
      <>
        <ProgressBar
          label={scoring.title}
          value={scoring.total > 0 ? scoring.done : null}
          max={scoring.total}
        />
        <Button onPress={() => stopWork(scoring.id)}>Stop</Button>
      </>
    );
  return (
    <>
      <p>A reward model scores the completions that wait; items whose scores lie closest come first.</p>
      <Select
        label="Reward model"
        items={(models ?? []).map(({ path, name }) => ({ id: path, label: name }))}
        value={model}
        onChange={setChosen}
      />
      <Button isDisabled={model === null} onPress={() => model && void perform('rank.scoreQueue', { model })}>
        Score what waits
      </Button>
    </>
  );
}
