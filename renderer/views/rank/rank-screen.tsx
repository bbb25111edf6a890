import { useCallback, useEffect } from 'react';
import { takeIntent } from '../../stores/intents.ts';
import { useProject } from '../../stores/session.ts';
import { LabelingScreen } from '../labeling/labeling-screen.tsx';
import { judgeEvaluation, useJudged } from './judging.ts';
import { RankQueue } from './rank-queue.tsx';
import { flushDraft, leaveScreen, rankQueue, rankTimer, resumeScreen } from './rank-store.ts';

export function RankScreen() {
  const path = useProject()?.path ?? '';
  const evaluation = useJudged(path);
  useEffect(() => {
    const asked = takeIntent('judge');
    if (asked !== null) judgeEvaluation(path, asked);
  }, [path]);
  const open = useCallback(
    (project: string, labeler: number) => rankQueue.open(project, labeler, evaluation),
    [evaluation],
  );
  return (
    <LabelingScreen
      title="Rank"
      open={open}
      timer={rankTimer}
      flushDraft={flushDraft}
      resume={resumeScreen}
      leave={leaveScreen}
    >
      {(labeler) => <RankQueue labeler={labeler} />}
    </LabelingScreen>
  );
}
