/** What of a model a run trains: every weight, or an adapter over frozen ones. */
import type { PpoSettings } from '../contract/algorithms.ts';
import { ConfigurationError } from '../contract/errors.ts';
import { randomStream } from '../data/random.ts';
import type { Lora } from '../model/architecture.ts';
import { loraTargets } from '../model/lora.ts';
import { merged, withAdapter, type Model } from '../model/model.ts';
import type { TrainingContext } from '../training/context.ts';
import type { Opened } from './sources.ts';

type AdapterSettings = Pick<PpoSettings, 'loraRank' | 'loraAlpha' | 'loraTargets' | 'baseFloats'>;

/** The model that a run changes. Where it is an adapter already, an adapter run goes on with that one. */
export function trainable({ model, where }: Opened, settings: AdapterSettings, seed: number): Model {
  if (settings.loraRank === 0) return merged(model);
  if (model.adapter) requireSame(model.adapter, adapterOf(model, settings), where);
  return underAdapter(model, where, settings, seed);
}

/** The reward model that a value model starts from: an adapter of any rank serves. */
export const scoring = ({ model, where }: Opened, settings: AdapterSettings, seed: number): Model =>
  settings.loraRank === 0 ? merged(model) : underAdapter(model, where, settings, seed);

/** A frozen base in float16 needs a device that stores it. */
export function storedFor({ engine }: TrainingContext, model: Model): Model {
  if (engine.float16) return model;
  const { config, head, weights, adapter, base } = model;
  return { config, head, weights, ...(adapter && { adapter }), ...(base && { base }) };
}

function underAdapter(model: Model, where: string, settings: AdapterSettings, seed: number): Model {
  const floats = settings.baseFloats === 'float16' ? ({ baseFloats: 'float16' } as const) : {};
  if (model.adapter) return { ...model, ...floats };
  const stream = randomStream(seed, 'adapter');
  return { ...withAdapter(model, where, adapterOf(model, settings), stream), ...floats };
}

const adapterOf = (
  { config }: Model,
  { loraRank, loraAlpha, loraTargets: chosen }: AdapterSettings,
): Lora => ({
  rank: loraRank,
  alpha: loraAlpha,
  targets: loraTargets(config, chosen),
});

function requireSame(own: Lora, asked: Lora, where: string): void {
  const describe = ({ rank, alpha, targets }: Lora) =>
    `rank ${rank}, alpha ${alpha} on ${targets.join(', ')}`;
  if (describe(own) === describe(asked)) return;
  throw new ConfigurationError(
    `${where} is an adapter of ${describe(own)}, but the settings ask for one of ${describe(asked)}; make them the same, or set loraRank to 0 to train all weights with the adapter merged into them`,
  );
}
