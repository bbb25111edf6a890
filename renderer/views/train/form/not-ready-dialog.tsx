import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { useCall } from '../../../stores/use-call.ts';
import { showRun, showTab } from '../train-store.ts';
import styles from './new-run.module.css';

interface NotReadyDialogProps {
  readonly rewardModel: string;
  readonly reasons: readonly string[];
  readonly onStart: () => void;
  /** The person goes to look at the reward model. */
  readonly onLeave: () => void;
  readonly onClose: () => void;
}

/** Asks once, with the reasons, before PPO relies on a reward model that does not deserve it. */
export function NotReadyDialog({ rewardModel, reasons, onStart, onLeave, onClose }: NotReadyDialogProps) {
  const models = useCall('models.list', {}).data;
  const run = models?.find(({ path }) => path === rewardModel)?.run?.path;
  const look = () => {
    onLeave();
    if (run !== undefined) showRun(run);
    showTab('report');
  };
  return (
    <Dialog
      title="The reward model is not ready"
      isOpen
      onClose={onClose}
      width="md"
      footer={
        <>
          <Button onPress={onClose}>Back</Button>
          {run !== undefined && <Button onPress={look}>Look at the report</Button>}
          <Button variant="primary" onPress={onStart}>
            Train anyway
          </Button>
        </>
      }
    >
      <p>PPO makes the policy do what the reward model scores highly, its mistakes included.</p>
      <ul className={styles.reasons}>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </Dialog>
  );
}
