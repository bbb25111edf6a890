import { useEffect } from 'react';
import { useLabeler, useProject } from '../../stores/session.ts';
import { Announcer } from '../labeling/announcer.tsx';
import { useInputCounted } from '../labeling/effort-clock.ts';
import { NoLabeler } from '../labeling/no-labeler.tsx';
import styles from '../labeling/screen.module.css';
import { flushDraft, leaveScreen, rankQueue, rankTimer, resumeScreen } from './rank-store.ts';
import { RankQueue } from './rank-queue.tsx';

export function RankScreen() {
  const path = useProject()?.path;
  const labeler = useLabeler()?.id;
  useInputCounted(rankTimer);

  useEffect(() => {
    if (path !== undefined && labeler !== undefined) rankQueue.open(path, labeler);
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
      {labeler === undefined ? <NoLabeler /> : <RankQueue labeler={labeler} />}
      <Announcer />
    </div>
  );
}
