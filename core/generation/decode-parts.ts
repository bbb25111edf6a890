/**
 * A generation in parts: one program makes the first, another goes on from where any part ended. What a part leaves
 * is all that the next one needs, so both together make what `decodeGraph` makes in one.
 */
import { input } from '../graph/build.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Architecture } from '../model/architecture.ts';
import { modelGraph } from '../model/transformer.ts';
import {
  beginning,
  cacheInputs,
  decodeFrom,
  promptMask,
  promptPass,
  type DecodeOptions,
  type KeysAndValues,
  type Standing,
} from './decode.ts';

/**
 * The prompts and the first part. Fed as `decodeGraph`; beside its tokens it gives all that `nextPartGraph` is fed of
 * the prompts and of the part.
 */
export function firstPartGraph(
  architecture: Architecture,
  group: string,
  options: DecodeOptions,
): Record<string, Tensor> {
  const model = modelGraph(architecture, group);
  const prompt = promptPass(model);
  const { made, standing } = decodeFrom(model, prompt, beginning(prompt, model.config), options);
  return { tokens: made.tokens, ...cacheOutputs('prompt', prompt.layers), ...standingOutputs(standing) };
}

/**
 * Another part. Fed as `decodeGraph` without the prompts' tokens, with `promptLengths` counting what was made, and:
 *   promptKeys.0 …, promptValues.0 … [batch, keyValueHeads, length, headWidth]: as the first part gave them
 *   madeHidden, madeAlive, madeKeys.0 …, madeValues.0 …: as the part before gave them
 */
export function nextPartGraph(
  architecture: Architecture,
  group: string,
  options: DecodeOptions,
): Record<string, Tensor> {
  const model = modelGraph(architecture, group);
  const { config } = model;
  const prompt = { layers: cacheInputs(config, 'prompt', 'length'), mask: promptMask() };
  const from: Standing = {
    hidden: input('madeHidden', 'float32', ['batch', config.width]),
    alive: input('madeAlive', 'float32', ['batch']),
    tails: cacheInputs(config, 'made', 'made'),
  };
  const { made, standing } = decodeFrom(model, prompt, from, options);
  return { tokens: made.tokens, ...standingOutputs(standing) };
}

const standingOutputs = ({ hidden, alive, tails }: Standing): Record<string, Tensor> => ({
  madeHidden: hidden,
  madeAlive: alive,
  ...cacheOutputs('made', tails),
});

const cacheOutputs = (name: string, layers: readonly KeysAndValues[]): Record<string, Tensor> =>
  Object.fromEntries(
    layers.flatMap(([keys, values], layer) => [
      [`${name}Keys.${layer}`, keys] as const,
      [`${name}Values.${layer}`, values] as const,
    ]),
  );
