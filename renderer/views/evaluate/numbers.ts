/** Estimates as text, each with its 95% interval. */
import type { Estimate } from '../../../core/contract/entities.ts';

export const percent = (share: number): string => `${Math.round(100 * share)}%`;
/** With two places, and a true minus before what does not round to nothing. */
export const decimal = (value: number): string =>
  (Math.abs(value) < 0.005 ? 0 : value).toFixed(2).replace('-', '−');

export type Format = (value: number) => string;

export const estimateWords = ({ mean, low, high }: Estimate, format: Format): string =>
  `${format(mean)} (${format(low)} to ${format(high)})`;
