import { LabelingScreen } from '../labeling/labeling-screen.tsx';
import { DemonstrateQueue } from './demonstrate-queue.tsx';
import {
  demonstrateQueue,
  demonstrateTimer,
  flushDraft,
  leaveScreen,
  resumeScreen,
} from './demonstrate-store.ts';

export function DemonstrateScreen() {
  return (
    <LabelingScreen
      title="Demonstrate"
      open={demonstrateQueue.open}
      timer={demonstrateTimer}
      flushDraft={flushDraft}
      resume={resumeScreen}
      leave={leaveScreen}
    >
      {(labeler) => <DemonstrateQueue labeler={labeler} />}
    </LabelingScreen>
  );
}
