import { useMemo } from 'react';
import { createRoot } from 'react-dom/client';
import '../../../../renderer/theme/tokens.css';
import '../../../../renderer/theme/reset.css';
import { Chart } from '../../../../renderer/charts/chart.tsx';
import { ChartGroup } from '../../../../renderer/charts/group.ts';
import { MemoryColumns } from './memory-columns.ts';

const ROWS = 1_000_000;
const column = (value: (i: number) => number) => Float64Array.from({ length: ROWS }, (_, i) => value(i));

const source = new MemoryColumns({
  step: column((i) => i + 1),
  time: column((i) => 1.7e12 + 1000 * i),
  loss: column((i) => 3 * Math.exp((-4 * i) / ROWS) + 0.3 * Math.random()),
});
const group = new ChartGroup();

/** One chart of a million points, with a raw and a smoothed line. */
function LongChartPage() {
  const lines = useMemo(
    () => [
      { id: 'loss', label: 'loss', run: 'run', source, metric: 'loss', exact: false, colour: 0, dash: 0 },
    ],
    [],
  );
  const marks = useMemo(() => [], []);
  return (
    <Chart
      title="Loss"
      unit="nats a token"
      group={group}
      log={false}
      onLog={() => {}}
      axis="step"
      smoothing={0.6}
      {...{ lines, marks }}
    />
  );
}

Object.assign(globalThis, { chartGroup: group });
createRoot(document.getElementById('root')!).render(<LongChartPage />);
