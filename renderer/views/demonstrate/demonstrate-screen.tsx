import { useEffect } from 'react';
import { useLabeler, useProject } from '../../stores/session.ts';
import { Announcer } from '../labeling/announcer.tsx';
import { useInputCounted } from '../labeling/effort-clock.ts';
import { NoLabeler } from '../labeling/no-labeler.tsx';
import styles from '../labeling/screen.module.css';
import { DemonstrateQueue } from './demonstrate-queue.tsx';
import {
  demonstrateQueue,
  demonstrateTimer,
  flushDraft,
  leaveScreen,
  resumeScreen,
} from './demonstrate-store.ts';

export function DemonstrateScreen() {
  const path = useProject()?.path;
  const labeler = useLabeler()?.id;
  useInputCounted(demonstrateTimer);

  useEffect(() => {
    if (path !== undefined && labeler !== undefined) demonstrateQueue.open(path, labeler);
  }, [path, labeler]);

  useEffect(() => {
    resumeScreen();
    addEventListener('pagehide', flushDraft);
    return () => {
      removeEventListener('pagehide', flushDraft);
      leaveScreen();
    };
  }, []);

  return (
    <div className={styles.screen}>
      {labeler === undefined ? <NoLabeler /> : <DemonstrateQueue labeler={labeler} />}
      <Announcer />
    </div>
  );
}
