import { useEffect, type ReactNode } from 'react';
import { useLabeler, useProject } from '../../stores/session.ts';
import { Announcer } from './announcer.tsx';
import { useInputCounted, type EffortTimer } from './effort-clock.ts';
import { NoLabeler } from './no-labeler.tsx';
import styles from './screen.module.css';

interface LabelingScreenProps {
  readonly title: string;
  /** Starts the queue of a labeler, or goes on with it. */
  readonly open: (project: string, labeler: number) => void;
  readonly timer: EffortTimer;
  readonly flushDraft: () => void;
  /** The screen is shown, and left; its functions stay the same while it is. */
  readonly resume: () => void;
  readonly leave: () => void;
  readonly children: (labeler: number) => ReactNode;
}

/** What every screen does on which one labeler goes through a queue. */
export function LabelingScreen(props: LabelingScreenProps) {
  const { title, open, timer, flushDraft, resume, leave, children } = props;
  const path = useProject()?.path;
  const labeler = useLabeler()?.id;
  useInputCounted(timer);

  useEffect(() => {
    if (path !== undefined && labeler !== undefined) open(path, labeler);
  }, [open, path, labeler]);

  useEffect(() => {
    resume();
    addEventListener('pagehide', flushDraft);
    return () => {
      removeEventListener('pagehide', flushDraft);
      leave();
    };
  }, [resume, flushDraft, leave]);

  return (
    <div className={styles.screen}>
      {labeler === undefined ? <NoLabeler title={title} /> : children(labeler)}
      <Announcer />
    </div>
  );
}
