import {
  add,
  attention,
  cast,
  expand,
  gatherRows,
  input,
  matmul,
  mul,
  reshape,
  rotary,
  rotaryTable,
} from '../graph/build.ts';
import { product, type Dim, type Shape } from '../graph/shape.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Architecture } from './architecture.ts';
import type { ModelConfig } from './config.ts';
import { families, type Block } from './families.ts';
import { adapted, adapterInput, BASE } from './lora.ts';
import { rotation } from './rope.ts';
import { baseParameters, ownParameters, parameterTensors, scoreBias, scoreWeight } from './parameters.ts';

/** A model as a graph: its parameters as tensors of one group and, under an adapter, those of its frozen base. */
export interface ModelGraph extends Architecture {
  /** The model's own parameters by name: what training changes. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** All parameters by name, in the types they are stored in. */
  readonly stored: ReadonlyMap<string, Tensor>;
}

export function modelGraph(architecture: Architecture, group: string): ModelGraph {
  const parameters = parameterTensors(ownParameters(architecture), group);
  const frozen = parameterTensors(baseParameters(architecture), BASE);
  return { ...architecture, parameters, stored: new Map([...frozen, ...parameters]) };
}

/** A parameter in the type that is computed with, or undefined where the model has none of that name. */
function weight({ stored }: ModelGraph, name: string): Tensor | undefined {
  const tensor = stored.get(name);
  return tensor && cast(tensor, 'float32');
}

/** Mixes positions: from queries, keys and values of a layer to its output [rows, heads·headWidth]. */
export type Attend = (q: Tensor, k: Tensor, v: Tensor, layer: number) => Tensor;

/** Applied to what each sublayer adds to the residual stream: dropout in SFT, nothing elsewhere. */
export type OnResidual = (x: Tensor, site: number) => Tensor;

/** Rows of token embeddings [rows, width]. */
export function embed({ config, stored }: ModelGraph, ids: Tensor): Tensor {
  const { prefix, embedding } = families[config.family];
  return cast(gatherRows(stored.get(prefix + embedding)!, ids), 'float32');
}

/** The learned embedding of positions [n, width], or undefined for a family that rotates instead. */
export function positionEmbedding({ config, stored }: ModelGraph, positions: Tensor, unique: boolean) {
  const { prefix, positions: name } = families[config.family];
  if (name === undefined) return undefined;
  return cast(gatherRows(stored.get(prefix + name)!, positions, unique), 'float32');
}

/** [vocabulary, width]; the embedding itself where they are tied. */
export function unembedding(model: ModelGraph): Tensor {
  const { tied, family } = model.config;
  const { prefix, embedding, unembedding } = families[family];
  return weight(model, tied ? prefix + embedding : unembedding)!;
}

/** Turns the queries or keys [rows, heads·headWidth] of a layer by the positions of their rows (Su et al. 2021, eq. 34). */
export type Turn = (x: Tensor, heads: number, layer: number) => Tensor;

/** Turning for rows at these positions, each below the sum of `spans`; without rotary positions, nothing turns. */
export function turning({ rope }: ModelConfig, positions: Tensor, spans: Shape, arrange = same): Turn {
  if (!rope) return same;
  const { frequencies, scale } = rotation(rope);
  const table = rotaryTable(spans.join('+'), spans, frequencies, scale);
  const [cosine, sine] = [table.cosine, table.sine].map((part) => arrange(gatherRows(part, positions)));
  return (x, heads, layer) => (rope.unrotated?.includes(layer) ? x : rotary(x, cosine!, sine!, heads));
}

const same = (x: Tensor): Tensor => x;

export interface BlockOptions {
  readonly onResidual?: OnResidual;
  /** Called with the residual stream as it enters each block: from there a block can be computed again. */
  readonly onBlock?: (residual: Tensor) => void;
  /** Whether there are so few rows that products with weights wait for memory: one token of each text. */
  readonly fewRows?: boolean;
  /** Drop from what adapters read, by masks fed at every step (see `adapterInput`). */
  readonly adapterDropout?: boolean;
  /** The rows whose final states are wanted, int32 [n]: after its attention the last layer goes on with these alone. */
  readonly rows?: Tensor;
}

/** The blocks and the final norm, over rows [rows, width] of any layout that `attend` understands. */
export function blocks(model: ModelGraph, x: Tensor, attend: Attend, options: BlockOptions = {}): Tensor {
  const { onResidual = (y) => y, onBlock, rows } = options;
  const { config } = model;
  const family = families[config.family];
  let residual = x;
  for (let layer = 0; layer < config.layers; layer++) {
    const wanted = (y: Tensor) => (rows && layer === config.layers - 1 ? gatherRows(y, rows, true) : y);
    onBlock?.(residual);
    const block = blockOf(model, family.prefix + family.block(layer), options);
    const { q, k, v } = family.project(block.normalize(residual, 'attention'), block, config);
    const attended = block.linear(wanted(attend(q, k, v, layer)), family.attentionOutput);
    const before = wanted(residual);
    residual = add(before, onResidual(attended, 2 * layer));
    const read = block.normalize(config.parallelResidual ? before : residual, 'feedForward');
    residual = add(residual, onResidual(family.feedForward(read, block, config), 2 * layer + 1));
  }
  return blockOf(model, family.prefix, options).normalize(residual, 'final');
}

function blockOf(
  model: ModelGraph,
  prefix: string,
  { fewRows = false, adapterDropout = false }: BlockOptions,
): Block {
  const { config, adapter, parameters } = model;
  const { norm, norms, headNorms, inputsFirst } = families[config.family];
  const normalized = (x: Tensor, at: string) =>
    norm(x, weight(model, `${at}.weight`)!, weight(model, `${at}.bias`), config.normEpsilon);
  return {
    normalize: (x, name) => normalized(x, prefix + norms[name]),
    normalizeHeads: (x, name) => {
      if (!config.queryKeyNorm || !headNorms) return x;
      const heads = product([x.shape[0]!, (x.shape[1] as number) / config.headWidth]);
      const apart = reshape(x, [heads, config.headWidth]);
      return reshape(normalized(apart, prefix + headNorms[name]), x.shape);
    },
    linear: (x, name) => {
      const at = prefix + name;
      const bias = weight(model, `${at}.bias`);
      const y = matmul(x, weight(model, `${at}.weight`)!, {
        transposeB: !inputsFirst,
        fewRows,
        ...(bias && { bias }),
      });
      if (!adapter?.targets.includes(name)) return y;
      return add(y, adapted(adapterDropout ? adapterInput(x, at) : x, at, parameters, adapter));
    },
  };
}

/** Sequences side by side, padded on the right: what every forward pass but decoding reads. */
export interface SequenceInputs {
  /** Token ids, int32 [batch·length], row after row. */
  readonly ids: Tensor;
  /**
   * 0, 1, … length − 1 as int32 [length]: padding follows the text, so all sequences share them. Of packed rows one a
   * token, int32 [batch·length].
   */
  readonly positions: Tensor;
  /** Where rows are packed with several sequences, their numbers within the row, float32 [batch, length]. */
  readonly segments?: Tensor;
  readonly batch: Dim;
  readonly length: Dim;
}

/** The inputs of a padded batch, or of rows that are packed with sequences. */
export function sequenceInputs({ packed = false } = {}): SequenceInputs {
  const [batch, length] = ['batch', 'length'];
  const rows = product([batch, length]);
  return {
    ids: input('ids', 'int32', [rows]),
    positions: input('positions', 'int32', [packed ? rows : length]),
    ...(packed && { segments: input('segments', 'float32', [batch, length]) }),
    batch,
    length,
  };
}

/** Called with the keys and values [batch·length, keyValueHeads·headWidth] of each layer: what a cache keeps. */
export type OnKeyValues = (k: Tensor, v: Tensor, layer: number) => void;

/**
 * Hidden states [batch·length, width] after the final norm, or those of `rows` alone. Attention is causal and padding follows the text, so
 * no padding mask is needed: a real token never sees a pad.
 */
export function hiddenStates(
  model: ModelGraph,
  inputs: SequenceInputs,
  options: BlockOptions & { readonly onKeyValues?: OnKeyValues } = {},
): Tensor {
  const { config } = model;
  const { heads, keyValueHeads } = config;
  const { length, segments } = inputs;
  const turn = turning(config, inputs.positions, [length], (angles) => perToken(angles, inputs));
  const attend: Attend = (q, k, v, layer) => {
    const keys = turn(k, keyValueHeads, layer);
    options.onKeyValues?.(keys, v, layer);
    const attributes = { batch: inputs.batch, length, heads, keyValueHeads };
    return attention(turn(q, heads, layer), keys, v, attributes, segments);
  };
  const learned = positionEmbedding(model, inputs.positions, !segments);
  const tokens = embed(model, inputs.ids);
  return blocks(model, learned ? addPositions(tokens, learned, inputs) : tokens, attend, options);
}

/** What was gathered for every position, as a row for every token. */
function perToken(x: Tensor, { batch, length, segments }: SequenceInputs): Tensor {
  if (segments) return x;
  const columns = x.shape[1]!;
  return reshape(expand(x, [batch, length, columns]), [product([batch, length]), columns]);
}

function addPositions(tokens: Tensor, learned: Tensor, { batch, length, segments }: SequenceInputs): Tensor {
  if (segments) return add(tokens, learned);
  const perSequence = reshape(tokens, [batch, length, tokens.shape[1]!]);
  return reshape(add(perSequence, learned), tokens.shape);
}

/** Residual dropout by masks fed at every step, each shaped as what it drops from. */
export const dropoutMasks: OnResidual = (x, site) =>
  mul(x, input(`dropout.residual.${site}`, 'float32', x.shape));

/** The scalar head at hidden rows: [rows, 1]. */
export function scalarHead({ parameters }: ModelGraph, hidden: Tensor): Tensor {
  const [score, bias] = [parameters.get(scoreWeight)!, parameters.get(scoreBias)!];
  return matmul(hidden, score, { transposeB: true, bias });
}
