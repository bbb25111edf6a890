import { LabelingScreen } from '../labeling/labeling-screen.tsx';
import { RankQueue } from './rank-queue.tsx';
import { flushDraft, leaveScreen, rankQueue, rankTimer, resumeScreen } from './rank-store.ts';

export function RankScreen() {
  return (
    <LabelingScreen
      title="Rank"
      open={rankQueue.open}
      timer={rankTimer}
      flushDraft={flushDraft}
      resume={resumeScreen}
      leave={leaveScreen}
    >
      {(labeler) => <RankQueue labeler={labeler} />}
    </LabelingScreen>
  );
}
