import { useEffect, useMemo, type RefObject } from 'react';
import type { LinePlot } from './line-plot.ts';
import { readable } from './numbers.ts';
import { writeWords } from './words.ts';

const PAUSE_MS = 2000;

/** What a chart shows in words, kept up to date every two seconds at most while it changes. */
export function useSummary(plot: RefObject<LinePlot | null>) {
  const summary = useMemo(() => {
    let element: HTMLElement | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = () => {
      timer = undefined;
      if (element && plot.current) writeWords(element, wordsOf(plot.current));
    };
    return {
      ref: (found: HTMLElement | null) => void (element = found),
      freshen: () => void (timer ??= setTimeout(write, PAUSE_MS)),
      end: () => {
        clearTimeout(timer);
        timer = undefined;
      },
    };
  }, [plot]);
  useEffect(() => summary.end, [summary]);
  return summary;
}

function wordsOf(plot: LinePlot): string {
  const ranges = plot.measuredRanges();
  const last = plot.readings(null);
  return plot.spec.lines
    .map(({ label }, i) => {
      const [range, reading] = [ranges[i], last[i]];
      if (!range || !reading) return `${label}: nothing yet`;
      const between = `between ${readable(range.min)} and ${readable(range.max)}`;
      return `${label}: ${readable(reading.measured)} at step ${reading.step}, ${between}`;
    })
    .join('. ');
}
