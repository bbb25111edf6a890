import { memo, useCallback, useDeferredValue, useEffect, useMemo, useRef } from 'react';
import type { Finding, RunSummary } from '../../../../core/contract/calls.ts';
import { Chart } from '../../../charts/chart.tsx';
import type { OnPick } from '../../../charts/gestures.ts';
import type { XAxis } from '../../../charts/source.ts';
import { Scatter } from '../../../charts/scatter.tsx';
import { classes } from '../../../components/classes.ts';
import { showToast } from '../../../components/toasts.tsx';
import { perform } from '../../../stores/perform.ts';
import { showTokens } from '../train-store.ts';
import { chartGroup, setLog, useCharts } from './charts-store.ts';
import styles from './charts-tab.module.css';
import { ChartsToolbar } from './charts-toolbar.tsx';
import { chartsFor, unitOf, type ChartDefinition } from './definitions.ts';
import { linesOf, nearest, pathsOf, runOf, type ChartedRun } from './lines.ts';
import { marksOf } from './findings.ts';

interface ChartGridProps {
  readonly runs: readonly RunSummary[];
  readonly charted: readonly ChartedRun[];
  /** What the doctor finds in the first. */
  readonly findings: readonly Finding[];
}

const SCATTER = 'Reward against KL';
/** Charts that come before it. */
const BEFORE_SCATTER = 2;
/** About as many as are in sight: the others come after these are drawn. */
const FIRST_CHARTS = 6;

/** All charts there are numbers for. */
export function ChartGrid({ runs, charted, findings }: ChartGridProps) {
  const run = runs[0]!;
  const { density, search, axis: wanted } = useCharts();
  const names = useMemo(() => [...new Set(charted.flatMap(({ metrics }) => metrics))], [charted]);
  const hasEpisodes = names.includes('episode');
  const axis = wanted === 'episode' && !hasEpisodes ? 'step' : wanted;
  const definitions = useMemo(() => chartsFor(run.algorithm, names), [run.algorithm, names]);
  const onPick = useOpenTokens(runs);
  const now = useMemo(() => ({ run, charted, findings }), [run, charted, findings]);
  const later = useDeferredValue(now, null);
  const charts = definitions
    .filter((definition) => fits(search, definition.title, definition.metrics))
    .flatMap((definition, i) => {
      const shown = i < FIRST_CHARTS ? now : later;
      return shown ? <DefinedChart key={definition.id} {...{ definition, axis, onPick, ...shown }} /> : [];
    });
  if (fits(search, SCATTER) && pathsOf(charted).length > 0)
    charts.splice(BEFORE_SCATTER, 0, <RewardAgainstKl key={SCATTER} {...{ charted, axis, onPick }} />);
  useResetWith(run.path);
  return (
    <div className={styles.tab}>
      <ChartsToolbar hasEpisodes={hasEpisodes} axis={axis} />
      <div className={classes(styles.grid, styles[density])}>{charts}</div>
      {charts.length === 0 && <p className={styles.nothing}>No chart has “{search}” in its name.</p>}
    </div>
  );
}

/** What a chart is found by: its title, and its metrics by their own names and by those of their lines. */
function fits(search: string, title: string, metrics: ChartDefinition['metrics'] = []): boolean {
  const words = [title, ...metrics.flatMap(({ metric, label }) => [metric, label])].join(' ').toLowerCase();
  return words.includes(search.trim().toLowerCase());
}

interface DefinedChartProps {
  readonly definition: ChartDefinition;
  readonly run: RunSummary;
  readonly charted: readonly ChartedRun[];
  readonly findings: readonly Finding[];
  readonly axis: XAxis;
  readonly onPick: OnPick;
}

const DefinedChart = memo(function DefinedChart(props: DefinedChartProps) {
  const { definition, run, charted, findings, axis, onPick } = props;
  const smoothing = useCharts((state) => state.smoothing);
  const log = useCharts((state) => state.log.includes(definition.id));
  const lines = useMemo(() => linesOf(definition, charted), [definition, charted]);
  const marks = useMemo(() => marksOf(definition, findings), [definition, findings]);
  return (
    <Chart
      title={definition.title}
      unit={unitOf(definition, run.settings)}
      group={chartGroup}
      onLog={(isLog) => setLog(definition.id, isLog)}
      onPick={run.algorithm === 'ppo' ? onPick : undefined}
      {...{ lines, marks, smoothing, axis, log }}
    />
  );
});

function RewardAgainstKl({ charted, axis, onPick }: Pick<DefinedChartProps, 'charted' | 'axis' | 'onPick'>) {
  const smoothing = useCharts((state) => state.smoothing);
  const paths = useMemo(() => pathsOf(charted), [charted]);
  return (
    <Scatter
      title={SCATTER}
      unit="mean score; later steps are fuller"
      xTitle="KL, nats a completion (k1)"
      group={chartGroup}
      {...{ paths, axis, smoothing, onPick }}
    />
  );
}

/** Opens the tokens of the nearest step whose rollouts are kept. */
function useOpenTokens(runs: readonly RunSummary[]): OnPick {
  const known = useRef(runs);
  useEffect(() => {
    known.current = runs;
  }, [runs]);
  return useCallback((id, step) => {
    const run = runOf(id, known.current);
    if (run?.algorithm === 'ppo') void openTokens(run.path, step);
  }, []);
}

async function openTokens(path: string, step: number): Promise<void> {
  const detail = await perform('runs.detail', { path });
  if (!detail) return;
  const kept = nearest(detail.rolloutSteps, step);
  if (kept === undefined) showToast({ title: 'No rollouts of this run are kept.' });
  else showTokens(path, kept);
}

/** What of the axis is shown belongs to a run. */
function useResetWith(path: string): void {
  useEffect(() => chartGroup.reset(), [path]);
}
