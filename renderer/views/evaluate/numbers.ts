/** Estimates as text, each with its 95% interval. */
import type { Estimate } from '../../../core/contract/entities.ts';

export const percent = (share: number): string => `${Math.round(100 * share)}%`;
export const decimal = (value: number): string => value.toFixed(2);

export type Format = (value: number) => string;

export const estimateWords = ({ mean, low, high }: Estimate, format: Format): string =>
  `${format(mean)} (${format(low)} to ${format(high)})`;
