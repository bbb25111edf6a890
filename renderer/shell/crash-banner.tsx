import { CircleAlert, X } from 'lucide-react';
import { Button, IconButton } from '../components/button.tsx';
import { perform } from '../stores/perform.ts';
import { useCall } from '../stores/use-call.ts';
import { dismissCrash, useWork } from '../stores/work.ts';
import styles from './crash-banner.module.css';

/** Says why the trainer died, and offers to go on with the run that it was at. */
export function CrashBanner() {
  const reason = useWork((state) => state.crash);
  const canResume = useWork(({ works }) =>
    works.some(({ state, resumable }) => state === 'failed' && resumable),
  );
  const { data: runs = [] } = useCall('runs.list', reason !== null && canResume ? {} : null);
  if (reason === null) return null;
  const run = runs.filter(({ resumable }) => resumable).sort((a, b) => b.createdAt - a.createdAt)[0];
  const resume = async (path: string) => {
    if (await perform('runs.resume', { path })) dismissCrash();
  };
  return (
    <div role="alert" className={styles.banner}>
      <CircleAlert size={16} aria-hidden />
      <p>
        <b>The trainer stopped:</b> {reason}
      </p>
      {run && (
        <Button size="sm" onPress={() => void resume(run.path)}>
          Resume {run.name}
        </Button>
      )}
      <IconButton label="Dismiss" icon={X} size="sm" onPress={dismissCrash} />
    </div>
  );
}
