import { Ellipsis, Trash2 } from 'lucide-react';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { Menu } from '../../../components/menu.tsx';
import { ProgressBar } from '../../../components/progress.tsx';
import { Badge, ErrorMessage } from '../../../components/text.tsx';
import { useKeyOf } from '../../../shortcuts/commands.ts';
import { useCall } from '../../../stores/use-call.ts';
import { useWork, useWorkById } from '../../../stores/work.ts';
import { useLiveRun } from '../live-runs.ts';
import { StateDot } from '../runs/state-dot.tsx';
import { stageNames } from '../train-names.ts';
import { isBusy, runActions, type RunAction } from './action-table.ts';
import { remove } from './actions.ts';
import styles from './run-header.module.css';
import { startWords, stateSentence } from './state-sentence.ts';

/** Which run it is, how it goes, and what can be done with it. */
export function RunHeader({ run }: { readonly run: RunSummary }) {
  return (
    <header className={styles.header}>
      <div className={styles.title}>
        <StateDot run={run} />
        <h2>{run.name}</h2>
        <Badge tone="accent">{stageNames[run.algorithm]}</Badge>
        {run.tags.map((tag) => (
          <Badge key={tag}>{tag}</Badge>
        ))}
      </div>
      <RunState run={run} />
      <RunButtons run={run} />
      <Failure run={run} />
    </header>
  );
}

function RunState({ run }: { readonly run: RunSummary }) {
  const live = useLiveRun(run.path);
  const work = useWorkById(run.work);
  const detail = useCall('runs.detail', { path: run.path }).data;
  const models = useCall('models.list', {}).data ?? [];
  const step = live?.step ?? run.step;
  const start = detail?.run.path === run.path ? startWords(detail, models) : null;
  return (
    <>
      <p className={styles.state}>
        {stateSentence(run, { step, stepMs: live?.stepMs ?? null, message: work?.message ?? '' })}
        {start && <> · {start}</>}
      </p>
      {run.state === 'working' && run.steps > 0 && (
        <ProgressBar label={`Steps of ${run.name}`} hideLabel value={step} max={run.steps} />
      )}
    </>
  );
}

/** Why the last work on it ended before its time. */
function Failure({ run }: { readonly run: RunSummary }) {
  const last = useWork(({ works }) => works.find((work) => work.run === run.path));
  return last?.state === 'failed' && <ErrorMessage>{last.message}</ErrorMessage>;
}

function RunButtons({ run }: { readonly run: RunSummary }) {
  return (
    <div className={styles.actions} role="group" aria-label={`Actions of ${run.name}`}>
      {runActions
        .filter(({ when }) => when(run))
        .map((action) => (
          <ActionButton key={action.label} action={action} run={run} />
        ))}
      <Menu
        label="More of this run"
        trigger={<IconButton label="More" icon={Ellipsis} size="sm" />}
        items={[
          {
            id: 'remove',
            label: 'Remove',
            description: isBusy(run) ? 'Pause it first' : 'Into the bin, from where it can come back',
            icon: Trash2,
            danger: true,
            isDisabled: isBusy(run),
            onAction: () => void remove([run]),
          },
        ]}
      />
    </div>
  );
}

function ActionButton({ action, run }: { readonly action: RunAction; readonly run: RunSummary }) {
  const combo = useKeyOf(action.command);
  return (
    <Button
      size="sm"
      variant={action.isPrimary === true ? 'primary' : 'secondary'}
      icon={action.icon}
      combo={combo}
      onPress={() => action.act(run)}
    >
      {action.label}
    </Button>
  );
}
