/** What would make a run fit: changes of its settings, from the harmless ones to those that change what is learned. */
import { fits, type MemoryPlan } from './plan.ts';

export type Changes = Readonly<Record<string, number | boolean | string>>;

/** The settings that bear on memory; an algorithm may lack some. */
export interface MemorySettings {
  readonly microBatchTokens: number;
  readonly recompute?: boolean;
  readonly loraRank?: number;
  readonly baseFloats?: string;
}

export interface Remedy {
  readonly changes: Changes;
  readonly plan: MemoryPlan;
}

/** Undefined where a change is not allowed. */
type Replan = (changes: Changes) => Promise<MemoryPlan | undefined>;

const RANK = 8;
const LEAST_TOKENS = 64;

/**
 * Smaller micro-batches give the same gradients, and so do blocks computed twice, which take longer; adapters, and
 * then a base in half precision, train something else. Undefined where even all of them together do not fit.
 */
export async function findRemedy(settings: MemorySettings, replan: Replan): Promise<Remedy | undefined> {
  for (const changes of waysOf(settings)) {
    const remedy = await withFewerTokens(changes, settings.microBatchTokens, replan);
    if (remedy) return remedy;
  }
  return undefined;
}

/** Each goes further than the one before. */
function waysOf({ recompute, loraRank, baseFloats }: MemorySettings): Changes[] {
  const ways: Changes[] = [{}];
  const add = (changes: Changes) => ways.push({ ...ways.at(-1), ...changes });
  if (recompute === false) add({ recompute: true });
  if (loraRank === 0) add({ loraRank: RANK });
  if (baseFloats === 'float32') add({ baseFloats: 'float16' });
  return ways;
}

/** With as many tokens a micro-batch as fit, half as many each time. */
async function withFewerTokens(
  changes: Changes,
  tokens: number,
  replan: Replan,
): Promise<Remedy | undefined> {
  const attempt = async (microBatchTokens: number): Promise<Remedy | undefined> => {
    const all = microBatchTokens === tokens ? changes : { ...changes, microBatchTokens };
    const plan = await replan(all);
    return plan && fits(plan) ? { changes: all, plan } : undefined;
  };
  const smallest = await attempt(Math.min(tokens, LEAST_TOKENS));
  if (!smallest) return undefined;
  for (let fewer = tokens; fewer > LEAST_TOKENS; fewer = Math.floor(fewer / 2)) {
    const remedy = await attempt(fewer);
    if (remedy) return remedy;
  }
  return smallest;
}
