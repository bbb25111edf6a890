/** Low-rank adapters (Hu et al. 2021), in the conventions of PEFT. */
import type { RandomStream } from '../data/random.ts';
import { input, matmul, mul } from '../graph/build.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Architecture, Lora, LoraTargets } from './architecture.ts';
import type { ModelConfig } from './config.ts';
import { families, type Parameter } from './families.ts';

/** The parameter group of frozen base weights. */
export const BASE = 'base';

/** The adapter's two matrices of a layer, by the layer's full name. */
export const downName = (layer: string): string => `${layer}.lora_A.weight`;
export const upName = (layer: string): string => `${layer}.lora_B.weight`;

/** A layer that an adapter changes: its full name, inputs and outputs. */
export type AdaptedLayer = readonly [name: string, inputs: number, outputs: number];

/** The layers of a block that a choice of targets means in a family. */
export function loraTargets(config: ModelConfig, chosen: LoraTargets): readonly string[] {
  const { linears, adapterTargets } = families[config.family];
  return chosen === 'all-linear' ? linears(config).map(({ name }) => name) : adapterTargets[chosen];
}

/** The layers that an adapter changes, block after block. */
export function adaptedLayers(config: ModelConfig, { targets }: Pick<Lora, 'targets'>): AdaptedLayer[] {
  const { prefix, block, linears } = families[config.family];
  const chosen = linears(config).filter(({ name }) => targets.includes(name));
  return Array.from({ length: config.layers }, (_, layer) =>
    chosen.map(({ name, inputs, outputs }): AdaptedLayer => [
      `${prefix}${block(layer)}${name}`,
      inputs,
      outputs,
    ]),
  ).flat();
}

export function adapterParameters(config: ModelConfig, lora: Lora): Parameter[] {
  return adaptedLayers(config, lora).flatMap(([layer, inputs, outputs]): Parameter[] => [
    { name: downName(layer), shape: [lora.rank, inputs], initial: 'normal' },
    { name: upName(layer), shape: [outputs, lora.rank], initial: 'zeros' },
  ]);
}

/** An adapter that changes nothing yet: A uniform in ±1/√inputs and B zero, as PEFT begins. */
export function initialAdapter(
  config: ModelConfig,
  lora: Lora,
  stream: RandomStream,
): Map<string, Float32Array> {
  return new Map(
    adaptedLayers(config, lora).flatMap(([layer, inputs, outputs]) => {
      const bound = 1 / Math.sqrt(inputs);
      const down = Float32Array.from(
        { length: lora.rank * inputs },
        () => bound * (2 * stream.uniform() - 1),
      );
      return [
        [downName(layer), down],
        [upName(layer), new Float32Array(outputs * lora.rank)],
      ] as const;
    }),
  );
}

/** What an adapter adds to the output of a layer: x [rows, inputs] to (alpha / rank)·x·Aᵀ·Bᵀ [rows, outputs]. */
export function adapted(
  x: Tensor,
  layer: string,
  parameters: ReadonlyMap<string, Tensor>,
  { rank, alpha }: Lora,
): Tensor {
  const narrow = matmul(x, parameters.get(downName(layer))!, { transposeB: true });
  return matmul(narrow, parameters.get(upName(layer))!, { transposeB: true, scale: alpha / rank });
}

/** Dropout of what the adapter of a layer reads, by a mask fed at every step and shaped as x. */
export const adapterInput = (x: Tensor, layer: string): Tensor =>
  mul(x, input(`dropout.adapter.${layer}`, 'float32', x.shape));

/** The weights of one layer with what its adapter adds: W + (alpha / rank)·B·A, transposed where W is. */
export function mergedWeight(
  { config, adapter }: Architecture,
  weight: Float32Array,
  [down, up]: readonly [down: Float32Array, up: Float32Array],
): Float32Array {
  const { rank, alpha } = adapter!;
  const inputs = down.length / rank;
  const outputs = up.length / rank;
  const { inputsFirst } = families[config.family];
  const merged = Float32Array.from(weight);
  const row = new Float64Array(inputs);
  for (let o = 0; o < outputs; o++) {
    row.fill(0);
    for (let r = 0; r < rank; r++) {
      const factor = (up[o * rank + r]! * alpha) / rank;
      for (let i = 0; i < inputs; i++) row[i]! += factor * down[r * inputs + i]!;
    }
    for (let i = 0; i < inputs; i++) merged[inputsFirst ? i * outputs + o : o * inputs + i]! += row[i]!;
  }
  return merged;
}
