import { FileSpreadsheet, Image } from 'lucide-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { ToggleButton } from 'react-aria-components';
import { ChartMenu, Header } from './chart-header.tsx';
import styles from './chart.module.css';
import { csvOf } from './csv.ts';
import { download, fileName } from './download.ts';
import type { OnPick } from './gestures.ts';
import type { ChartGroup } from './group.ts';
import { Swatch } from './legend.tsx';
import { readable } from './numbers.ts';
import { pictureOf } from './picture.ts';
import type { Path, ScatterSpec } from './path-points.ts';
import { ScatterPlot, type ScatterReadout } from './scatter-plot.ts';
import { writeWords } from './words.ts';

interface ScatterProps extends Omit<ScatterSpec, 'squareRoot'> {
  readonly title: string;
  readonly unit: string;
  /** Of the x values, and of their square roots. */
  readonly xTitle: string;
  readonly group: ChartGroup;
  readonly onPick?: OnPick | undefined;
}

/** Pixels around a point in which it is meant. */
const REACH = 24;

/** One measure against another over the course of runs, or against its square root. */
export function Scatter({ title, unit, xTitle, paths, axis, smoothing, group, onPick }: ScatterProps) {
  const [squareRoot, setSquareRoot] = useState(false);
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<ScatterPlot | null>(null);
  const readout = useRef<HTMLSpanElement>(null);
  const live = useRef<HTMLDivElement>(null);
  const id = useId();
  const across = squareRoot ? `√(${xTitle})` : xTitle;

  useEffect(() => {
    const made = new ScatterPlot(host.current!, group, (read) => {
      writeWords(readout.current!, wordsOf(read));
    });
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [group]);

  useEffect(
    () => plot.current!.set({ paths, axis, smoothing, squareRoot }),
    [paths, axis, smoothing, squareRoot, group],
  );

  const onKeyDown = (event: KeyboardEvent) => {
    const { current } = plot;
    if (!current || !pressKey(event, current, onPick)) return;
    event.preventDefault();
    event.stopPropagation();
    live.current!.textContent = wordsOf(current.readout);
  };
  const pickNearest = (event: React.MouseEvent) => {
    const near = plot.current?.nearest(event.nativeEvent, REACH);
    if (near) onPick?.(near.id, near.step);
  };

  return (
    <figure className={styles.chart} aria-labelledby={id}>
      <Header title={title} unit={unit} id={id}>
        <ToggleButton
          className={styles.toggle!}
          isSelected={squareRoot}
          onChange={setSquareRoot}
          aria-label={`Square root of ${xTitle}`}
        >
          √
        </ToggleButton>
        <ChartMenu
          title={title}
          items={[
            {
              id: 'png',
              label: 'Save as PNG',
              icon: Image,
              onAction: () => void savePicture(plot.current, title, unit, across),
            },
            {
              id: 'csv',
              label: 'Save the numbers as CSV',
              icon: FileSpreadsheet,
              onAction: () => saveCsv(paths, title),
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
        aria-labelledby={id}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => group.point(plot.current?.nearest(event.nativeEvent, REACH)?.along ?? null)}
        onPointerLeave={() => group.point(null)}
        onBlur={() => group.point(null)}
        onClick={pickNearest}
      />
      <div className={styles.legend}>
        <ul className={styles.entries}>
          {paths.map((path) => (
            <li key={path.id} className={styles.entry}>
              <Swatch colour={path.colour} dash={0} />
              <span className={styles.name}>{path.label}</span>
            </li>
          ))}
        </ul>
        <span className={styles.place}>
          <span ref={readout} />
        </span>
        <span className={styles.across}>{across} →</span>
      </div>
      <div ref={live} className={styles.hidden} aria-live="polite" />
    </figure>
  );
}

/** Left and Right go from step to step, Enter does what a click does. */
function pressKey(event: KeyboardEvent, plot: ScatterPlot, onPick: OnPick | undefined): boolean {
  const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key] as 1 | -1 | undefined;
  if (direction) plot.group.point(plot.placeBeside(direction));
  else if (event.key === 'Escape' && plot.group.cursor !== null) plot.group.point(null);
  else if (event.key === 'Enter') pickAtCursor(plot, onPick);
  else return false;
  return true;
}

function pickAtCursor({ spec, readout }: ScatterPlot, onPick: OnPick | undefined): void {
  const [path] = spec.paths;
  const [place] = readout.places;
  if (path && place) onPick?.(path.id, place.step);
}

function wordsOf({ places }: ScatterReadout): string {
  const [place] = places.flatMap((place) => place ?? []);
  return place ? `step ${place.step}: ${readable(place.y)} at ${readable(place.x)}` : '';
}

async function savePicture(
  plot: ScatterPlot | null,
  title: string,
  unit: string,
  xTitle: string,
): Promise<void> {
  const canvas = plot?.canvas;
  if (!plot || !canvas) return;
  const legend = plot.spec.paths.map((path) => ({ ...path, dash: 0 }));
  download(fileName(title, 'png'), await pictureOf({ title, unit, xTitle, canvas, legend }));
}

function saveCsv(paths: readonly Path[], title: string): void {
  const columns = paths.flatMap(({ run, source, x, y }) => [
    { run, source, metric: x },
    { run, source, metric: y },
  ]);
  download(fileName(title, 'csv'), new Blob([csvOf(columns)], { type: 'text/csv' }));
}
