import type { RandomStream } from '../data/random.ts';
import { parameter } from '../graph/build.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { ModelConfig } from './config.ts';
import { families, type Parameter } from './families.ts';

/** What a model ends in: token logits, or one number a position (a reward or a value). */
export type HeadKind = 'language' | 'scalar';

export const scoreWeight = 'score.weight';
export const scoreBias = 'score.bias';

/** Every parameter of a model under its name in the Hugging Face file. */
export function parametersOf(config: ModelConfig, head: HeadKind): Parameter[] {
  const family = families[config.family];
  const { width, vocabularySize, context, layers } = config;
  const trunk: Parameter[] = [
    { name: family.embedding, shape: [vocabularySize, width], initial: 'normal' },
    ...(family.positions
      ? [{ name: family.positions, shape: [context, width], initial: 'normal' as const }]
      : []),
    ...Array.from({ length: layers }, (_, layer) => blockParameters(config, family.block(layer))).flat(),
    ...normParameters(config, family.norms.final),
  ];
  const prefixed = trunk.map((p) => ({ ...p, name: family.prefix + p.name }));
  return [...prefixed, ...headParameters(config, head)];
}

function blockParameters(config: ModelConfig, block: string): Parameter[] {
  const { linears, linearBias, inputsFirst, norms } = families[config.family];
  return [
    ...normParameters(config, block + norms.attention),
    ...linears(config).flatMap(([name, inputs, outputs, initial]): Parameter[] => [
      {
        name: `${block}${name}.weight`,
        shape: inputsFirst ? [inputs, outputs] : [outputs, inputs],
        initial,
      },
      ...(linearBias ? [{ name: `${block}${name}.bias`, shape: [outputs], initial: 'zeros' as const }] : []),
    ]),
    ...normParameters(config, block + norms.feedForward),
  ];
}

function normParameters({ family, width }: ModelConfig, name: string): Parameter[] {
  return [
    { name: `${name}.weight`, shape: [width], initial: 'ones' },
    ...(families[family].normBias
      ? [{ name: `${name}.bias`, shape: [width], initial: 'zeros' as const }]
      : []),
  ];
}

function headParameters({ family, tied, vocabularySize, width }: ModelConfig, head: HeadKind): Parameter[] {
  if (head === 'scalar')
    return [
      { name: scoreWeight, shape: [1, width], initial: 'normal' },
      { name: scoreBias, shape: [1], initial: 'zeros' },
    ];
  return tied
    ? []
    : [{ name: families[family].unembedding, shape: [vocabularySize, width], initial: 'normal' }];
}

export const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Fresh weights: deviation 0.02, residual projections narrowed by 1/√(2·layers) (Radford et al. 2019, §2.3). */
export function initialWeights(config: ModelConfig, stream: RandomStream): Map<string, Float32Array> {
  const fill: Record<Parameter['initial'], (count: number) => Float32Array> = {
    normal: (count) => stream.normals(count, 0.02),
    residual: (count) => stream.normals(count, 0.02 / Math.sqrt(2 * config.layers)),
    zeros: (count) => new Float32Array(count),
    ones: (count) => new Float32Array(count).fill(1),
  };
  return new Map(
    parametersOf(config, 'language').map(({ name, shape, initial }) => [
      name,
      fill[initial](elements(shape)),
    ]),
  );
}

/** A scalar head for a trunk: deviation 1/√(width + 1) and bias 0 (lm-human-preferences; Stiennon et al. 2020). */
export function initialScalarHead({ width }: ModelConfig, stream: RandomStream): Map<string, Float32Array> {
  return new Map([
    [scoreWeight, stream.normals(width, 1 / Math.sqrt(width + 1))],
    [scoreBias, new Float32Array(1)],
  ]);
}

/** The parameters of a model as graph tensors of one group, by name. */
export function parameterTensors(config: ModelConfig, head: HeadKind, group: string): Map<string, Tensor> {
  return new Map(parametersOf(config, head).map(({ name, shape }) => [name, parameter(group, name, shape)]));
}
