import { CircleAlert, CircleCheck } from 'lucide-react';
import { useCall } from '../../../stores/use-call.ts';
import styles from './report.module.css';

interface ReadinessProps {
  readonly model: string;
  /** Of the report: another asks again. */
  readonly version: number;
}

export function Readiness({ model, version }: ReadinessProps) {
  const { data } = useCall('rewardModels.readiness', { model }, String(version));
  if (!data) return null;
  if (data.ready)
    return (
      <p className={styles.ready}>
        <CircleCheck size={16} aria-hidden /> Ready for PPO: nothing speaks against relying on it.
      </p>
    );
  return (
    <div className={styles.unready}>
      <p>
        <CircleAlert size={16} aria-hidden /> Not ready for PPO
      </p>
      <ul>
        {data.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </div>
  );
}
