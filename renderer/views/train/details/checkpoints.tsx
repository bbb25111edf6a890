import { GitFork, PackageOpen, Play } from 'lucide-react';
import { useState } from 'react';
import type { RunDetail, RunSummary } from '../../../../core/contract/calls.ts';
import { IconButton } from '../../../components/button.tsx';
import { useCall } from '../../../stores/use-call.ts';
import { bytesWords } from '../figures.ts';
import { ExportModelDialog } from '../export/export-model-dialog.tsx';
import { ForkDialog } from '../fork/fork-dialog.tsx';
import { play } from '../run/actions.ts';
import styles from './details.module.css';

interface CheckpointsProps {
  readonly run: RunSummary;
  readonly checkpoints: RunDetail['checkpoints'];
}

/** The steps that were kept, the newest first, and what can be done from each. */
export function Checkpoints({ run, checkpoints }: CheckpointsProps) {
  const [forked, setForked] = useState<number | null>(null);
  const [exported, setExported] = useState<string | null>(null);
  const bytes = useCall('runs.diskUse', {}).data?.find(({ path }) => path === run.path)?.bytes;
  return (
    <>
      {bytes !== undefined && <p className={styles.muted}>The run takes {bytesWords(bytes)} on disk.</p>}
      {checkpoints.length === 0 && <p className={styles.muted}>None is kept yet.</p>}
      <ul className={styles.checkpoints}>
        {checkpoints.toReversed().map(({ step, model }) => (
          <li key={step}>
            <span>Step {step.toLocaleString('en')}</span>
            <IconButton
              label={`Fork from step ${step}`}
              icon={GitFork}
              size="sm"
              onPress={() => setForked(step)}
            />
            <IconButton
              label={`Export step ${step}`}
              icon={PackageOpen}
              size="sm"
              onPress={() => setExported(model)}
            />
            {run.algorithm !== 'reward-model' && (
              <IconButton
                label={`Play with step ${step}`}
                icon={Play}
                size="sm"
                onPress={() => play([model])}
              />
            )}
          </li>
        ))}
      </ul>
      {exported !== null && (
        <ExportModelDialog run={run} model={exported} onClose={() => setExported(null)} />
      )}
      {forked !== null && <ForkDialog run={run} step={forked} onClose={() => setForked(null)} />}
    </>
  );
}
