import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ModelError } from '../contract/errors.ts';
import { readJson } from '../data/files.ts';
import { GENERATION_CONFIG } from './tokenizer-files.ts';

/** How the makers of a model would have it sampled; absent is what they leave open. */
export interface SuggestedSampling {
  /** 0 takes the likeliest token. */
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
}

const Config = z.looseObject({
  do_sample: z.boolean().nullish(),
  temperature: z.number().min(0).max(100).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  top_k: z.int().min(0).nullish(),
});

/**
 * The sampling that a model folder's `generation_config.json` suggests, for Play alone. Training and evaluation never
 * use it: a policy is the whole distribution at a temperature, and the ratios, log-probabilities and divergences of the
 * method are of that one. Throws a `ModelError` naming a field out of range.
 */
export function suggestedSampling(folder: string): SuggestedSampling {
  const path = join(folder, GENERATION_CONFIG);
  if (!existsSync(path)) return {};
  const result = Config.safeParse(readJson(path, ModelError));
  if (!result.success) {
    const { path: field, message } = result.error.issues[0]!;
    throw new ModelError(`${path} is malformed: "${field.join('.')}" ${message}`);
  }
  const { do_sample: samples, temperature, top_p: topP, top_k: topK } = result.data;
  if (samples === false) return {};
  return {
    ...(typeof temperature === 'number' && { temperature }),
    ...(typeof topP === 'number' && { topP }),
    ...(typeof topK === 'number' && { topK }),
  };
}
