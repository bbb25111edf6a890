import { z } from 'zod';
import * as e from '../entities.ts';

export const call = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output });
export const nothing = z.strictObject({});
/** The change that was made, for `changes.undo`. */
export const Change = z.strictObject({ change: e.Id, count: z.int() });
/** Work that was begun or queued. */
export const Started = z.strictObject({ work: z.string() });

/** How completions are sampled. */
export const Sampling = {
  temperature: z.number().min(0).max(100).default(1),
  topP: z.number().gt(0).max(1).default(1),
  maxTokens: z.int().min(1).max(100_000).default(64),
  seed: z.int().default(0),
};
/** Whether prompts are written as a model's own chat template has them, where it has one. */
export const ChatTemplate = { chatTemplate: z.enum(['auto', 'none']).default('auto') };
/** So many of the prompts that a filter leaves, chosen by chance. */
export const ChosenPrompts = {
  filter: e.PromptFilter.default({}),
  prompts: z.int().min(1).max(100_000),
};
