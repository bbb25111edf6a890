import { FileSpreadsheet, Image, ZoomOut } from 'lucide-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { ToggleButton } from 'react-aria-components';
import { ChartMenu, Header } from './chart-header.tsx';
import styles from './chart.module.css';
import { csvOf } from './csv.ts';
import { download, fileName } from './download.ts';
import { followPointer, type OnPick } from './gestures.ts';
import type { ChartGroup } from './group.ts';
import { pressKey } from './keys.ts';
import { Legend, type LegendHandle } from './legend.tsx';
import type { Line } from './line.ts';
import { LinePlot, type LineSpec, type Readout } from './line-plot.ts';
import { axisTitles, readable, xWords } from './numbers.ts';
import { pictureOf } from './picture.ts';
import { useSummary } from './summary.ts';

interface ChartProps extends LineSpec {
  readonly title: string;
  /** What the y axis tells, with its unit. */
  readonly unit: string;
  readonly group: ChartGroup;
  readonly onLog: (log: boolean) => void;
  /** A click on a line, or Enter at the cursor. */
  readonly onPick?: OnPick | undefined;
}

/** Lines over steps, episodes or time; whatever it draws comes from its lines' sources, past React. */
export function Chart(props: ChartProps) {
  const { title, unit, lines, marks, axis, smoothing, log, group, onLog, onPick } = props;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const host = useRef<HTMLDivElement>(null);
  const legend = useRef<LegendHandle>(null);
  const live = useRef<HTMLDivElement>(null);
  const plot = useRef<LinePlot | null>(null);
  const pick = useRef(onPick);
  const summary = useSummary(plot);
  const ids = { title: useId(), summary: useId() };

  useEffect(() => {
    pick.current = onPick;
  }, [onPick]);

  useEffect(() => {
    const made = new LinePlot(host.current!, group, (readout) => {
      legend.current?.write(readout, made.spec.lines, made.spec.axis);
      summary.freshen();
    });
    plot.current = made;
    const end = followPointer(made, (id, step) => pick.current?.(id, step));
    return () => {
      end();
      made.destroy();
      plot.current = null;
    };
  }, [group, summary]);

  useEffect(() => {
    const shown = lines.filter(({ id }) => !hidden.has(id));
    plot.current!.set({ lines: shown, marks, axis, smoothing, log });
  }, [lines, hidden, marks, axis, smoothing, log, group]);

  const onKeyDown = (event: KeyboardEvent) => {
    const { current } = plot;
    if (!current) return;
    const tell = () => (live.current!.textContent = spoken(readoutOf(current), current));
    const isMeant = pressKey(event.nativeEvent, {
      plot: current,
      tell,
      pick: () => pickAtCursor(current, pick.current),
    });
    if (!isMeant) return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <figure className={styles.chart} aria-labelledby={ids.title}>
      <Header title={title} unit={unit} id={ids.title}>
        <ToggleButton className={styles.toggle!} isSelected={log} onChange={onLog} aria-label="Log scale">
          log
        </ToggleButton>
        <ChartMenu
          title={title}
          items={[
            {
              id: 'png',
              label: 'Save as PNG',
              icon: Image,
              onAction: () => void savePicture(plot.current, title, unit),
            },
            {
              id: 'csv',
              label: 'Save the numbers as CSV',
              icon: FileSpreadsheet,
              onAction: () => saveCsv(lines, title),
            },
            {
              id: 'reset',
              label: 'Show everything',
              icon: ZoomOut,
              combo: '0',
              onAction: () => group.zoom(null),
            },
          ]}
        />
      </Header>
      <div
        ref={host}
        className={styles.host}
        tabIndex={0}
        role="application"
        aria-roledescription="chart"
        aria-labelledby={ids.title}
        aria-describedby={ids.summary}
        onKeyDown={onKeyDown}
        onBlur={() => group.point(null)}
      />
      <Legend ref={legend} lines={lines} hidden={hidden} onToggle={(id) => setHidden(toggled(hidden, id))} />
      <figcaption id={ids.summary} className={styles.hidden} ref={summary.ref} />
      <div ref={live} className={styles.hidden} aria-live="polite" />
    </figure>
  );
}

function toggled(hidden: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(hidden);
  if (!next.delete(id)) next.add(id);
  return next;
}

const readoutOf = (plot: LinePlot): Readout => {
  const { cursor } = plot.group;
  return { cursor, readings: plot.readings(cursor) };
};

function spoken({ cursor, readings }: Readout, { spec }: LinePlot): string {
  const told = readings.map(
    (reading, i) => `${spec.lines[i]!.label} ${reading ? readable(reading.shown) : 'nothing'}`,
  );
  return cursor === null ? '' : `${xWords[spec.axis](cursor)}: ${told.join(', ')}`;
}

function pickAtCursor(plot: LinePlot, onPick: OnPick | undefined): void {
  const [line] = plot.spec.lines;
  const [reading] = plot.readings(plot.group.cursor);
  if (line && reading) onPick?.(line.id, reading.step);
}

async function savePicture(plot: LinePlot | null, title: string, unit: string): Promise<void> {
  const canvas = plot?.canvas;
  if (!plot || !canvas) return;
  const { lines, axis } = plot.spec;
  const picture = await pictureOf({ title, unit, xTitle: axisTitles[axis], canvas, legend: lines });
  download(fileName(title, 'png'), picture);
}

function saveCsv(lines: readonly Line[], title: string): void {
  download(fileName(title, 'csv'), new Blob([csvOf(lines)], { type: 'text/csv' }));
}
