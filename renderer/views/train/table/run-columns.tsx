import type { RunSummary } from '../../../../core/contract/calls.ts';
import { Badge } from '../../../components/text.tsx';
import type { Column } from '../../../components/virtual-table.tsx';
import { bytesWords, showFigure } from '../figures.ts';
import { useLiveRun } from '../live-runs.ts';
import type { SortValue } from '../runs/run-filter.ts';
import { StateDot } from '../runs/state-dot.tsx';
import { stageNames, stateWords } from '../train-names.ts';
import styles from './runs-table.module.css';

/** A run with what it takes on disk; undefined until that was counted. */
export interface RunRow {
  readonly run: RunSummary;
  readonly bytes: number | undefined;
}

export type RunColumn =
  'name' | 'stage' | 'state' | 'steps' | 'score' | 'kl' | 'accuracy' | 'loss' | 'tags' | 'created' | 'disk';

const last =
  (...names: readonly string[]) =>
  ({ run }: RunRow) =>
    names.map((name) => run.last[name]).find((value) => value !== undefined);

/** What each column is sorted by. */
export const sortValues: Readonly<Record<RunColumn, (row: RunRow) => SortValue>> = {
  name: ({ run }) => run.name,
  stage: ({ run }) => stageNames[run.algorithm],
  state: ({ run }) => stateWords(run),
  steps: ({ run }) => run.step,
  score: last('objective/scores'),
  kl: last('objective/kl'),
  accuracy: last('eval_accuracy', 'accuracy'),
  loss: last('eval_loss'),
  tags: ({ run }) => run.tags.join(', ') || undefined,
  created: ({ run }) => run.createdAt,
  disk: ({ bytes }) => bytes,
};

const begun = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

export const runColumns: readonly Column<RunRow, RunColumn>[] = [
  {
    id: 'name',
    header: 'Name',
    width: 'minmax(120px, 1.5fr)',
    sortable: true,
    render: ({ run }) => run.name,
  },
  {
    id: 'stage',
    header: 'Stage',
    width: '112px',
    sortable: true,
    render: ({ run }) => stageNames[run.algorithm],
  },
  { id: 'state', header: 'State', width: '104px', sortable: true, render: ({ run }) => <State run={run} /> },
  {
    id: 'steps',
    header: 'Steps',
    width: '96px',
    align: 'end',
    sortable: true,
    render: ({ run }) => <Steps run={run} />,
  },
  metricColumn('score', 'Score', 'objective/scores'),
  metricColumn('kl', 'KL', 'objective/kl'),
  metricColumn('accuracy', 'Accuracy', 'eval_accuracy', 'accuracy'),
  metricColumn('loss', 'Eval loss', 'eval_loss'),
  {
    id: 'tags',
    header: 'Tags',
    width: 'minmax(88px, 1fr)',
    sortable: true,
    render: ({ run }) => <Tags run={run} />,
  },
  {
    id: 'created',
    header: 'Begun',
    width: '112px',
    sortable: true,
    render: ({ run }) => (
      <span className={styles.muted} title={new Date(run.createdAt).toLocaleString('en-GB')}>
        {begun.format(run.createdAt)}
      </span>
    ),
  },
  {
    id: 'disk',
    header: 'On disk',
    width: '76px',
    align: 'end',
    sortable: true,
    render: ({ bytes }) => (bytes === undefined ? '' : bytesWords(bytes)),
  },
];

const FEW: readonly RunColumn[] = ['name', 'stage', 'state', 'steps'];

/** Those that are left beside a panel. */
export const fewColumns = runColumns.filter(({ id }) => FEW.includes(id));

/** The first of the metrics that a run has. */
function metricColumn(
  id: RunColumn,
  header: string,
  ...metrics: readonly string[]
): Column<RunRow, RunColumn> {
  return {
    id,
    header,
    width: '72px',
    align: 'end',
    sortable: true,
    render: ({ run }) => <Metric run={run} metrics={metrics} />,
  };
}

interface OfRun {
  readonly run: RunSummary;
}

function Metric({ run, metrics }: OfRun & { readonly metrics: readonly string[] }) {
  const live = useLiveRun(run.path);
  const values = { ...run.last, ...live?.last };
  const value = metrics.map((metric) => values[metric]).find((value) => value !== undefined);
  return value === undefined ? null : showFigure(value);
}

function Steps({ run }: OfRun) {
  const live = useLiveRun(run.path);
  const step = (live?.step ?? run.step).toLocaleString('en');
  return run.steps > 0 ? `${step} / ${run.steps.toLocaleString('en')}` : step;
}

function State({ run }: OfRun) {
  return (
    <span className={styles.state}>
      <StateDot run={run} />
      {stateWords(run)}
    </span>
  );
}

function Tags({ run }: OfRun) {
  return (
    <span className={styles.tags} title={run.tags.join(', ')}>
      {run.tags.map((tag) => (
        <Badge key={tag}>{tag}</Badge>
      ))}
    </span>
  );
}
