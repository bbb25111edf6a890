import {
  add,
  attention,
  expand,
  gatherRows,
  input,
  matmul,
  mul,
  reshape,
  rotary,
  table,
} from '../graph/build.ts';
import { product, type Dim } from '../graph/shape.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { ModelConfig } from './config.ts';
import { families, type Block } from './families.ts';
import { parameterTensors, scoreBias, scoreWeight, type HeadKind } from './parameters.ts';

/** A model as a graph: its configuration and its parameters as tensors of one group. */
export interface ModelGraph {
  readonly config: ModelConfig;
  readonly parameters: ReadonlyMap<string, Tensor>;
}

export function modelGraph(config: ModelConfig, head: HeadKind, group: string): ModelGraph {
  return { config, parameters: parameterTensors(config, head, group) };
}

/** Mixes positions: from queries, keys and values [rows, heads·width] of a layer to its output [rows, width]. */
export type Attend = (q: Tensor, k: Tensor, v: Tensor, layer: number) => Tensor;

/** Applied to what each sublayer adds to the residual stream: dropout in SFT, nothing elsewhere. */
export type OnResidual = (x: Tensor, site: number) => Tensor;

/** Rows of token embeddings [rows, width]. */
export function embed({ config, parameters }: ModelGraph, ids: Tensor): Tensor {
  const { prefix, embedding } = families[config.family];
  return gatherRows(parameters.get(prefix + embedding)!, ids);
}

/** The learned embedding of positions [n, width], or undefined for a family that rotates instead. */
export function positionEmbedding({ config, parameters }: ModelGraph, positions: Tensor, unique: boolean) {
  const { prefix, positions: name } = families[config.family];
  return name === undefined ? undefined : gatherRows(parameters.get(prefix + name)!, positions, unique);
}

/** [vocabulary, width]; the embedding itself where they are tied. */
export function unembedding({ config, parameters }: ModelGraph): Tensor {
  const { prefix, embedding, unembedding } = families[config.family];
  return parameters.get(config.tied ? prefix + embedding : unembedding)!;
}

/** Cosines and sines [n, width/2] of the rotary angles at positions (Su et al. 2021, eq. 34). */
export function rotaryAngles(config: ModelConfig, positions: Tensor): { cosine: Tensor; sine: Tensor } {
  const half = config.width / config.heads / 2;
  const angles = Float64Array.from({ length: config.context * half }, (_, i) => {
    const [position, pair] = [Math.floor(i / half), i % half];
    return position / config.ropeTheta ** (pair / half);
  });
  const at = (f: (angle: number) => number) =>
    gatherRows(table(Float32Array.from(angles, f), [config.context, half]), positions);
  return { cosine: at(Math.cos), sine: at(Math.sin) };
}

export interface BlockOptions {
  readonly onResidual?: OnResidual;
  /** The rows whose final states are wanted, int32 [n]: after its attention the last layer goes on with these alone. */
  readonly rows?: Tensor;
}

/** The blocks and the final norm, over rows [rows, width] of any layout that `attend` understands. */
export function blocks(
  model: ModelGraph,
  x: Tensor,
  attend: Attend,
  { onResidual = (y) => y, rows }: BlockOptions = {},
): Tensor {
  const { config } = model;
  const family = families[config.family];
  let residual = x;
  for (let layer = 0; layer < config.layers; layer++) {
    const wanted = (y: Tensor) => (rows && layer === config.layers - 1 ? gatherRows(y, rows, true) : y);
    const block = blockOf(model, family.prefix + family.block(layer));
    const { q, k, v } = family.project(block.normalize(residual, 'attention'), block, config);
    const attended = block.linear(wanted(attend(q, k, v, layer)), family.attentionOutput);
    residual = add(wanted(residual), onResidual(attended, 2 * layer));
    const fed = family.feedForward(block.normalize(residual, 'feedForward'), block);
    residual = add(residual, onResidual(fed, 2 * layer + 1));
  }
  return blockOf(model, family.prefix).normalize(residual, 'final');
}

function blockOf({ config, parameters }: ModelGraph, prefix: string): Block {
  const { norm, norms, inputsFirst } = families[config.family];
  return {
    normalize: (x, name) => {
      const at = prefix + norms[name];
      return norm(x, parameters.get(`${at}.weight`)!, parameters.get(`${at}.bias`), config.normEpsilon);
    },
    linear: (x, name) => {
      const bias = parameters.get(`${prefix}${name}.bias`);
      return matmul(x, parameters.get(`${prefix}${name}.weight`)!, {
        transposeB: !inputsFirst,
        ...(bias && { bias }),
      });
    },
  };
}

/** Sequences side by side, padded on the right: what every forward pass but decoding reads. */
export interface SequenceInputs {
  /** Token ids, int32 [batch·length], sequence after sequence. */
  readonly ids: Tensor;
  /** 0, 1, … length − 1 as int32 [length]. Padding follows the text, so all sequences share them. */
  readonly positions: Tensor;
  readonly batch: Dim;
  readonly length: Dim;
}

/** The inputs of a padded batch; `prefix` keeps apart two batches of one program. */
export function sequenceInputs(prefix = ''): SequenceInputs {
  const [batch, length] = [`${prefix}batch`, `${prefix}length`];
  return {
    ids: input(`${prefix}ids`, 'int32', [product([batch, length])]),
    positions: input(`${prefix}positions`, 'int32', [length]),
    batch,
    length,
  };
}

/** Called with the keys and values [batch·length, heads·width] of each layer: what a cache keeps. */
export type OnKeyValues = (k: Tensor, v: Tensor, layer: number) => void;

/**
 * Hidden states [batch·length, width] after the final norm, or those of `rows` alone. Attention is causal and padding follows the text, so
 * no padding mask is needed: a real token never sees a pad.
 */
export function hiddenStates(
  model: ModelGraph,
  { ids, positions, batch, length }: SequenceInputs,
  options: BlockOptions & { readonly onKeyValues?: OnKeyValues } = {},
): Tensor {
  const { config } = model;
  const { width, heads, keyValueHeads } = config;
  const rows = product([batch, length]);
  const perSequence = (x: Tensor, columns: number) =>
    reshape(expand(x, [batch, length, columns]), [rows, columns]);

  const tokens = embed(model, ids);
  const learned = positionEmbedding(model, positions, true);
  const x = learned ? reshape(add(reshape(tokens, [batch, length, width]), learned), [rows, width]) : tokens;

  const angles = config.ropeTheta > 0 ? rotaryAngles(config, positions) : undefined;
  const half = width / heads / 2;
  const turn = (y: Tensor, count: number) =>
    angles ? rotary(y, perSequence(angles.cosine, half), perSequence(angles.sine, half), count) : y;

  const attend: Attend = (q, k, v, layer) => {
    const turned = turn(k, keyValueHeads);
    options.onKeyValues?.(turned, v, layer);
    return attention(turn(q, heads), turned, v, { batch, length, heads, keyValueHeads });
  };
  return blocks(model, x, attend, options);
}

/** Residual dropout by masks fed at every step: `dropout.0`, `dropout.1`, …, each shaped as what it drops from. */
export const dropoutMasks: OnResidual = (x, site) => mul(x, input(`dropout.${site}`, 'float32', x.shape));

/** The scalar head at hidden rows: [rows, 1]. */
export function scalarHead({ parameters }: ModelGraph, hidden: Tensor): Tensor {
  const [weight, bias] = [parameters.get(scoreWeight)!, parameters.get(scoreBias)!];
  return matmul(hidden, weight, { transposeB: true, bias });
}
