/**
 * Where runs under way have come to, from `metrics` events. Steps can be many a second: they gather outside React and
 * reach what is drawn a few times a second, each run's row by itself.
 */
import { create } from 'zustand';
import type { EventData } from '../../../core/contract/events.ts';
import { onEvent } from '../../stores/connection.ts';

export interface LiveRun {
  readonly step: number;
  /** The last value of each metric. */
  readonly last: Readonly<Record<string, number>>;
  /** Milliseconds that a step takes of late; null until there are two. */
  readonly stepMs: number | null;
}

interface Gathered extends LiveRun {
  readonly time: number;
}

const REDRAW_MS = 250;
/** Share of the newest step in the running mean of how long steps take. */
const NEWEST = 0.1;

const useLiveRuns = create<Readonly<Record<string, LiveRun>>>(() => ({}));
const gathered = new Map<string, Gathered>();
const waiting = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** What is newer than the summary that was read of a run; undefined where nothing is. */
export const useLiveRun = (path: string): LiveRun | undefined => useLiveRuns((runs) => runs[path]);

/** What is newer than its summary, for what looks by itself. */
export const lastStepOf = (path: string): number | undefined => useLiveRuns.getState()[path]?.step;
export const onLiveRuns = (listener: () => void): (() => void) => useLiveRuns.subscribe(listener);

/** Gathers from now on; returns what ends it. */
export function followLiveRuns(): () => void {
  const end = onEvent('metrics', (event) => {
    gathered.set(event.run, withStep(gathered.get(event.run), event));
    waiting.add(event.run);
    timer ??= setTimeout(redraw, REDRAW_MS);
  });
  return () => {
    end();
    gathered.clear();
    forgetLiveRuns();
  };
}

/** The summaries were read again, and know all of it. */
export function forgetLiveRuns(): void {
  clearTimeout(timer);
  timer = undefined;
  waiting.clear();
  useLiveRuns.setState({}, true);
}

function redraw(): void {
  timer = undefined;
  useLiveRuns.setState(Object.fromEntries([...waiting].map((run) => [run, gathered.get(run)!])));
  waiting.clear();
}

function withStep(before: Gathered | undefined, event: EventData<'metrics'>): Gathered {
  const { step, time, names, values } = event;
  const measured = names.flatMap((name, i) =>
    Number.isFinite(values[i]) ? [[name, values[i]!] as const] : [],
  );
  return {
    step,
    time,
    last: { ...before?.last, ...Object.fromEntries(measured) },
    stepMs: paceAfter(before, step, time),
  };
}

/** A step that does not follow the one before it says nothing of how long steps take. */
function paceAfter(before: Gathered | undefined, step: number, time: number): number | null {
  if (before === undefined || step !== before.step + 1) return before?.stepMs ?? null;
  const took = time - before.time;
  return before.stepMs === null ? took : before.stepMs + NEWEST * (took - before.stepMs);
}
