import { useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import '../../../../renderer/theme/tokens.css';
import '../../../../renderer/theme/reset.css';
import { Chart } from '../../../../renderer/charts/chart.tsx';
import { ChartGroup } from '../../../../renderer/charts/group.ts';
import type { Line } from '../../../../renderer/charts/line.ts';
import { Scatter } from '../../../../renderer/charts/scatter.tsx';
import { MemoryColumns } from './memory-columns.ts';

const rows = Number(document.documentElement.dataset['rows'] ?? 400);
const noise = (i: number) => Math.sin(i * 12.9898) * 0.5;
const column = (value: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => value(i));

const run = (seed: number) =>
  new MemoryColumns({
    step: column((i) => i + 1),
    time: column((i) => 1.7e12 + 1000 * i),
    loss: column((i) => (3 + seed) * Math.exp((-4 * i) / rows) + 0.2 + 0.15 * Math.abs(noise(i + seed))),
    eval_loss: column((i) => (i % 25 === 0 ? 3 * Math.exp((-4 * i) / rows) + 0.3 : NaN)),
    kl: column((i) => (12 * i) / rows + noise(i + seed)),
    reward: column((i) => Math.sqrt(i / rows) * (1 + seed / 10) + 0.2 * noise(i)),
  });

const runs = [run(0), run(1), run(2)];
const group = new ChartGroup();
const line = (at: number, metric: string, label: string, colour: number, dash = 0): Line => ({
  id: `${at} ${metric}`,
  label,
  run: `run ${at}`,
  source: runs[at]!,
  metric,
  exact: metric.startsWith('eval_'),
  colour,
  dash,
});

/** Charts with what they can show, beside each other. */
function ChartPage() {
  const [log, setLog] = useState(false);
  const [picked, setPicked] = useState('');
  const one = useMemo(() => [line(0, 'loss', 'training', 0), line(0, 'eval_loss', 'validation', 1)], []);
  const several = useMemo(() => [0, 1, 2].map((at) => line(at, 'loss', `run ${at}`, at, at)), []);
  const marks = useMemo(() => [{ step: 100, label: 'Entropy collapses', tone: 'warning' as const }], []);
  const none = useMemo(() => [], []);
  const paths = useMemo(
    () =>
      runs.slice(0, 2).map((source, at) => ({
        id: `${at}`,
        label: `run ${at}`,
        run: `run ${at}`,
        source,
        x: 'kl',
        y: 'reward',
        colour: at,
      })),
    [],
  );
  const common = { axis: 'step', group, log, onLog: setLog } as const;
  return (
    <main className="page">
      <style>{`main { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; padding: 16px }`}</style>
      <h1>Run</h1>
      <h2>Charts</h2>
      <output>{picked}</output>
      <Chart
        {...common}
        title="Loss"
        unit="nats a token"
        lines={one}
        marks={marks}
        smoothing={0.8}
        onPick={(id, step) => setPicked(`${id} ${step}`)}
      />
      <Chart
        {...common}
        title="Loss of runs"
        unit="nats a token"
        lines={several}
        marks={none}
        smoothing={0}
      />
      <Scatter
        title="Reward against KL"
        unit="mean score"
        xTitle="KL, nats a completion (k1)"
        paths={paths}
        axis="step"
        smoothing={0.6}
        group={group}
        onPick={(id, step) => setPicked(`${id} ${step}`)}
      />
    </main>
  );
}

Object.assign(globalThis, { chartRuns: runs, chartGroup: group });
createRoot(document.getElementById('root')!).render(<ChartPage />);
