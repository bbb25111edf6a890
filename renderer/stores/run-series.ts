/**
 * The metrics of runs as growing columns, outside React: read once, then longer with every step that is told. What
 * draws them subscribes; nothing renders.
 */
import { useEffect, useMemo } from 'react';
import type { RunMetrics } from '../../core/contract/calls.ts';
import type { EventData } from '../../core/contract/events.ts';
import { call, messageOf, onEvent, useConnection } from './connection.ts';
import { MetricColumns } from './metric-columns.ts';

type Step = EventData<'metrics'>;

/** How long one that nobody looks at stays, so that going to another tab and back reads nothing again. */
const LINGER_MS = 5000;

export class RunSeries extends MetricColumns {
  readonly path: string;
  /** `failed` with an `error` until the next connection or step. */
  state: 'reading' | 'ready' | 'failed' = 'reading';
  error = '';
  readonly #listeners = new Set<() => void>();
  #lookers = 0;
  #leaving: ReturnType<typeof setTimeout> | undefined;
  #stop: (() => void) | null = null;
  /** Steps that were told while earlier ones were read. */
  #early: Step[] = [];

  constructor(path: string) {
    super();
    this.path = path;
  }

  /** Hears of every change; returns what ends it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Keeps it up to date until everyone who looks has ended it. */
  look(): () => void {
    clearTimeout(this.#leaving);
    this.#lookers++;
    if (!this.#stop) this.#start();
    return () => {
      if (--this.#lookers === 0) this.#leaving = setTimeout(() => this.#close(), LINGER_MS);
    };
  }

  #start(): void {
    all.set(this.path, this);
    const ends = [
      onEvent('metrics', (step) => step.run === this.path && this.#hear(step)),
      useConnection.subscribe((now, before) => {
        if (now.connection && now.connection !== before.connection) void this.#read();
      }),
    ];
    this.#stop = () => ends.forEach((end) => end());
    if (useConnection.getState().connection) void this.#read();
  }

  #close(): void {
    this.#stop?.();
    this.#stop = null;
    if (all.get(this.path) === this) all.delete(this.path);
  }

  #hear(step: Step): void {
    if (this.state === 'ready') return void (this.add(step) && this.#tell());
    this.#early.push(step);
    // A run that could not be read before it began can be now.
    if (this.state === 'failed') void this.#read();
  }

  /** Reads what is missing; all of it again where the last step is not the one that is known. */
  async #read(): Promise<void> {
    const { connection } = useConnection.getState();
    this.#become('reading');
    try {
      await this.#readMissing();
      this.#become('ready');
    } catch (error) {
      // A reading that a lost connection ended has a successor.
      if (connection === useConnection.getState().connection) this.#become('failed', messageOf(error));
    }
  }

  async #readMissing(): Promise<void> {
    const known = this.lastStep;
    let rows = await call('runs.metrics', { path: this.path, after: Math.max(0, known - 1) });
    if (known > 0 && !this.isLast(rows)) {
      this.clear();
      rows = await call('runs.metrics', { path: this.path });
    }
    this.#append(rows);
  }

  #append(rows: RunMetrics): void {
    this.addAll(rows);
    for (const step of this.#early) this.add(step);
    this.#early = [];
  }

  #become(state: RunSeries['state'], error = ''): void {
    this.state = state;
    this.error = error;
    this.#tell();
  }

  #tell(): void {
    this.#listeners.forEach((listener) => listener());
  }
}

const all = new Map<string, RunSeries>();

function seriesOf(path: string): RunSeries {
  const series = all.get(path) ?? new RunSeries(path);
  all.set(path, series);
  return series;
}

/** The series of runs for as long as the component is there. */
export function useSeries(paths: readonly string[]): readonly RunSeries[] {
  const key = JSON.stringify(paths);
  const series = useMemo(() => (JSON.parse(key) as string[]).map(seriesOf), [key]);
  useEffect(() => {
    const ends = series.map((one) => one.look());
    return () => ends.forEach((end) => end());
  }, [series]);
  return series;
}
