import type { RandomStream } from '../data/random.ts';
import { parameter } from '../graph/build.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Architecture, HeadKind } from './architecture.ts';
import type { ModelConfig } from './config.ts';
import { families, type Linear, type Parameter } from './families.ts';
import { adapterParameters } from './lora.ts';

export type { HeadKind };

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
  const { linears, norms } = families[config.family];
  return [
    ...normParameters(config, block + norms.attention),
    ...linears(config).flatMap((linear) => linearParameters(config, block, linear)),
    ...headNormParameters(config, block),
    ...normParameters(config, block + norms.feedForward),
  ];
}

function linearParameters(
  { family, biases }: ModelConfig,
  block: string,
  { name, part, inputs, outputs, initial }: Linear,
): Parameter[] {
  const shape = families[family].inputsFirst ? [inputs, outputs] : [outputs, inputs];
  return [
    { name: `${block}${name}.weight`, shape, initial },
    ...(biases[part] ? [{ name: `${block}${name}.bias`, shape: [outputs], initial: 'zeros' as const }] : []),
  ];
}

function headNormParameters({ family, queryKeyNorm, headWidth }: ModelConfig, block: string): Parameter[] {
  const { headNorms } = families[family];
  if (!queryKeyNorm || !headNorms) return [];
  return [headNorms.query, headNorms.key].map((name) => ({
    name: `${block}${name}.weight`,
    shape: [headWidth],
    initial: 'ones',
  }));
}

function normParameters({ family, width }: ModelConfig, name: string): Parameter[] {
  return [
    { name: `${name}.weight`, shape: [width], initial: 'ones' },
    ...(families[family].normBias
      ? [{ name: `${name}.bias`, shape: [width], initial: 'zeros' as const }]
      : []),
  ];
}

function headParameters(config: ModelConfig, head: HeadKind): Parameter[] {
  if (head === 'scalar') return scalarHeadParameters(config);
  const { family, tied, vocabularySize, width } = config;
  return tied
    ? []
    : [{ name: families[family].unembedding, shape: [vocabularySize, width], initial: 'normal' }];
}

const scalarHeadParameters = ({ width }: ModelConfig): Parameter[] => [
  { name: scoreWeight, shape: [1, width], initial: 'normal' },
  { name: scoreBias, shape: [1], initial: 'zeros' },
];

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

/** What is a model's own: everything or, under an adapter, the adapter and a scalar head. */
export function ownParameters({ config, head, adapter }: Architecture): Parameter[] {
  if (!adapter) return parametersOf(config, head);
  return [...adapterParameters(config, adapter), ...(head === 'scalar' ? scalarHeadParameters(config) : [])];
}

/** What a program of a model under an adapter reads of its base. */
export const baseParameters = ({ config, head, adapter, baseFloats }: Architecture): StoredParameter[] =>
  adapter ? frozenParameters(config, head, baseFloats) : [];

/** The parameters of a model that serves as a base: all but a scalar head, which each adapter has of its own. */
export function frozenParameters(
  config: ModelConfig,
  head: HeadKind,
  floats: Architecture['baseFloats'],
): StoredParameter[] {
  const shared = parametersOf(config, head).filter(({ name }) => name !== scoreWeight && name !== scoreBias);
  // Norms and biases are small, and their rounding would be felt most.
  return shared.map((p) => (floats && p.shape.length > 1 ? { ...p, dtype: floats } : p));
}

/** A parameter as a set keeps it. */
export interface StoredParameter extends Parameter {
  readonly dtype?: 'float16';
}

/** Parameters as graph tensors of one group, by name. */
export const parameterTensors = (
  parameters: readonly StoredParameter[],
  group: string,
): Map<string, Tensor> =>
  new Map(parameters.map(({ name, shape, dtype }) => [name, parameter(group, name, shape, dtype)]));
