/**
 * The floating-point operations that a model's products ask for, two for every multiply and add. A causal model could
 * leave out half of attention's; it is counted whole, as is usual.
 */
import type { ModelConfig } from '../../core/model/config.ts';
import { families } from '../../core/model/families.ts';

/** Of one forward pass over a sequence of so many tokens, of which some are scored over the vocabulary. */
export function forwardOperations(config: ModelConfig, length: number, scored: number): number {
  const { family, layers, heads, headWidth, width, vocabularySize } = config;
  const weights = families[family]
    .linears(config)
    .reduce((total, { inputs, outputs }) => total + inputs * outputs, 0);
  const linear = 2 * weights * layers * length;
  const attention = 2 * 2 * length ** 2 * heads * headWidth * layers;
  return linear + attention + 2 * vocabularySize * width * scored;
}

/** Of a training step's passes: backwards every product is taken twice, for its weight and for its input. */
export const trainingOperations = (config: ModelConfig, length: number, scored: number): number =>
  3 * forwardOperations(config, length, scored);
