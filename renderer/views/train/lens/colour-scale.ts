/** From a number to a colour behind a token: two hues around 0, or one that deepens away from it. */
import type { Quantity } from './quantities.ts';

/** Beyond this share of all tokens the colour grows no deeper, so that one outlier does not pale the rest. */
const REACH = 0.98;
/** Deepest colour, percent: text on it keeps its contrast. */
const DEEPEST = 46;

/** The size at which the colour is deepest; 0 where all are 0. */
export function reachOf(values: Float32Array): number {
  const sizes = values.map(Math.abs).filter(Number.isFinite).sort();
  return sizes.length === 0 ? 0 : sizes[Math.min(sizes.length - 1, Math.floor(REACH * sizes.length))]!;
}

/** How deep the colour of a value is, −1 to 1. */
export const depthOf = (value: number, reach: number): number =>
  reach === 0 || Number.isNaN(value) ? 0 : Math.max(-1, Math.min(1, value / reach));

export function colourOf(depth: number, { signed }: Quantity): string {
  const hue = signed && depth >= 0 ? 'positive' : 'negative';
  return `color-mix(in oklab, var(--token-${hue}) ${(DEEPEST * Math.abs(depth)).toFixed(1)}%, transparent)`;
}
