/** Where charts have their numbers from: growing columns of one length, a row a step. */
import { DerivedColumn } from './derived-column.ts';

export interface ColumnSource {
  /** Rows that hold something; columns may be longer. */
  readonly length: number;
  /** How often rows were taken back; what was computed from them is computed again then. */
  readonly rewinds: number;
  /** `step` and `time` (milliseconds since 1970) are always there; NaN where a row has no value. */
  column(name: string): Float64Array | undefined;
  /** Hears of every change; returns what ends it. */
  subscribe(listener: () => void): () => void;
}

export type XAxis = 'step' | 'episode' | 'elapsed';

/** Optimizer steps, episodes sampled so far, or seconds since the first row. */
const xColumns: Record<XAxis, { readonly from: string; readonly begin: () => (value: number) => number }> = {
  step: { from: 'step', begin: rising },
  episode: { from: 'episode', begin: rising },
  elapsed: { from: 'time', begin: sinceFirst },
};

const known = new WeakMap<ColumnSource, Map<XAxis, DerivedColumn>>();

/** What a row's place on the x axis is; never falling, so that it can be searched. */
export function xColumn(source: ColumnSource, axis: XAxis): Float64Array | undefined {
  const { from, begin } = xColumns[axis];
  const values = source.column(from);
  if (!values) return undefined;
  const ofSource = known.get(source) ?? new Map<XAxis, DerivedColumn>();
  known.set(source, ofSource);
  const column = ofSource.get(axis) ?? new DerivedColumn(begin);
  ofSource.set(axis, column);
  return column.of(values, source);
}

/** A value that is missing, or smaller than the one before, stays where that was. */
function rising(): (value: number) => number {
  let last = 0;
  return (value) => (last = value > last ? value : last);
}

function sinceFirst(): (value: number) => number {
  const seconds = rising();
  let first: number | undefined;
  return (time) => seconds((time - (first ??= time)) / 1000);
}
