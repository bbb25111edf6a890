/**
 * Every call of the workbench: what it takes and what it returns. Adding one is a row in the table of its domain and
 * a handler in `core/workbench/handlers`. Both sides check both directions. Values are JSON and typed arrays.
 */
import type { z } from 'zod';
import { appCalls } from './calls/app.ts';
import { dataCalls } from './calls/data.ts';
import { labelingCalls } from './calls/labeling.ts';
import { resultCalls } from './calls/results.ts';
import { trainingCalls } from './calls/training.ts';

export * from './calls/app.ts';
export * from './calls/data.ts';
export * from './calls/labeling.ts';
export * from './calls/results.ts';
export * from './calls/training.ts';

export const calls = {
  ...appCalls,
  ...dataCalls,
  ...labelingCalls,
  ...trainingCalls,
  ...resultCalls,
} as const;

export type Calls = typeof calls;
export type CallName = keyof Calls;
/** As a caller writes it: fields with defaults may be left out. */
export type CallInput<N extends CallName> = z.input<Calls[N]['input']>;
/** As a handler receives it. */
export type CallArguments<N extends CallName> = z.output<Calls[N]['input']>;
export type CallOutput<N extends CallName> = z.output<Calls[N]['output']>;
/** As a handler returns it. */
export type CallResult<N extends CallName> = z.input<Calls[N]['output']>;
