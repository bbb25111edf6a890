import type { RandomStream } from '../data/random.ts';
import type { Engine, Program, TensorSet, Value } from '../engine/engine.ts';
import { DataError } from '../contract/errors.ts';
import type { ModelConfig } from '../model/config.ts';
import { decodeGraph, type DecodeOptions } from './decode.ts';

export interface SamplingOptions {
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  /** Draw only among the k likeliest; 0 among all. */
  readonly topK: number;
  /** Draw only among the likeliest that together reach this probability; 1 among all. */
  readonly topP: number;
}

/** Sampling as reinforcement learning needs it: the whole distribution, so that log-probabilities are the policy's. */
export const unfiltered = (temperature: number): SamplingOptions => ({ temperature, topK: 0, topP: 1 });

export interface GenerationLimits {
  readonly maxTokens: number;
  readonly endToken: number;
  readonly padToken: number;
  /** Prompts decoded side by side; 64 by default. */
  readonly batchSize?: number;
}

export interface Completion {
  /** The tokens made, the end token included where one was. */
  readonly ids: Int32Array;
  /** log π of each token under the softmax at the temperature (at 1 when greedy), before top-k and top-p. */
  readonly logprobs: Float32Array;
  /** Whether the end token was made. */
  readonly ended: boolean;
}

/** Samples completions from a model, many prompts at once. */
export class Generator {
  readonly #program: Program;
  readonly #config: ModelConfig;
  readonly #options: SamplingOptions;

  private constructor(program: Program, config: ModelConfig, options: SamplingOptions) {
    this.#program = program;
    this.#config = config;
    this.#options = options;
  }

  static async compile(engine: Engine, config: ModelConfig, options: SamplingOptions): Promise<Generator> {
    const decode: DecodeOptions = {
      greedy: options.temperature === 0,
      topK: options.topK,
      nucleus: options.topP < 1,
    };
    const program = await engine.compile({ outputs: decodeGraph(config, 'policy', decode) });
    return new Generator(program, config, options);
  }

  /**
   * One completion for every prompt, in the prompts' order. Each prompt's randomness is a stream of its own, so
   * what it gets does not depend on the prompts decoded beside it.
   */
  async generate(
    parameters: TensorSet,
    prompts: readonly Int32Array[],
    streams: (prompt: number) => RandomStream,
    limits: GenerationLimits,
  ): Promise<Completion[]> {
    prompts.forEach((prompt, i) => this.#checkPrompt(prompt, i));
    const completions: Completion[] = [];
    for (const batch of this.#batches(prompts, limits)) {
      const made = await this.#decode(
        parameters,
        batch.map((i) => prompts[i]!),
        batch.map((i) => streams(i)),
        limits,
      );
      batch.forEach((prompt, i) => (completions[prompt] = made[i]!));
    }
    return completions;
  }

  /** Prompts of about the same length side by side, and all with room for the same number of tokens. */
  #batches(prompts: readonly Int32Array[], { maxTokens, batchSize = 64 }: GenerationLimits): number[][] {
    const order = prompts.map((_, i) => i).sort((a, b) => prompts[a]!.length - prompts[b]!.length || a - b);
    const batches: number[][] = [];
    for (const index of order) {
      const batch = batches.at(-1);
      const room = (i: number) => this.#room(prompts[i]!, maxTokens);
      if (batch && batch.length < batchSize && room(batch[0]!) === room(index)) batch.push(index);
      else batches.push([index]);
    }
    return batches;
  }

  #room(prompt: Int32Array, maxTokens: number): number {
    return Math.min(maxTokens, this.#config.context - prompt.length);
  }

  #checkPrompt(prompt: Int32Array, index: number): void {
    const { context, vocabularySize } = this.#config;
    if (prompt.length === 0) throw new DataError(`prompt ${index + 1} is empty; give at least one token`);
    if (prompt.length >= context)
      throw new DataError(
        `prompt ${index + 1} has ${prompt.length} tokens, but the model's context is ${context}; shorten it`,
      );
    const outside = prompt.find((id) => id < 0 || id >= vocabularySize);
    if (outside !== undefined)
      throw new DataError(
        `prompt ${index + 1} has token ${outside}, but the model's vocabulary ends at ${vocabularySize - 1}`,
      );
  }

  async #decode(
    parameters: TensorSet,
    prompts: Int32Array[],
    streams: RandomStream[],
    { maxTokens, endToken, padToken }: GenerationLimits,
  ): Promise<Completion[]> {
    const longest = Math.max(...prompts.map((prompt) => prompt.length));
    const limit = this.#room(prompts[0]!, maxTokens);
    const { tokens, logProbabilities } = await this.#program.run(
      {
        ...feedPrompts(prompts, longest),
        ...this.#feedDrawing(streams, limit),
        limit: integer(limit),
        temperature: real(this.#options.temperature || 1),
        endToken: integer(endToken),
        padToken: integer(padToken),
      },
      { sets: { policy: parameters } },
    );
    return prompts.map((_, row) => readRow(row, prompts.length, tokens!, logProbabilities!, endToken));
  }

  /** What drawing needs beside the distribution; the likeliest token needs nothing. */
  #feedDrawing(streams: readonly RandomStream[], limit: number): Record<string, Value> {
    const { temperature, topP } = this.#options;
    if (temperature === 0) return {};
    return {
      uniforms: feedUniforms(streams, limit),
      rowNumbers: perRow(streams.length, (row) => row),
      ...(topP < 1 && { topP: real(topP) }),
    };
  }

  dispose(): Promise<void> {
    return this.#program.dispose();
  }
}

const integer = (value: number): Value => ({ data: Int32Array.of(value), shape: [] });
const real = (value: number): Value => ({ data: Float32Array.of(value), shape: [] });

const perRow = (rows: number, value: (row: number) => number): Value => ({
  data: Int32Array.from({ length: rows }, (_, row) => value(row)),
  shape: [rows],
});

function feedPrompts(prompts: readonly Int32Array[], length: number): Record<string, Value> {
  const batch = prompts.length;
  const ids = new Int32Array(batch * length);
  const mask = new Float32Array(batch * length).fill(-1e9);
  prompts.forEach((prompt, row) => {
    ids.set(prompt, row * length);
    mask.fill(0, row * length, row * length + prompt.length);
  });
  return {
    ids: { data: ids, shape: [batch * length] },
    positions: { data: Int32Array.from({ length }, (_, i) => i), shape: [length] },
    promptMask: { data: mask, shape: [batch, 1, 1, length] },
    promptLengths: perRow(batch, (row) => prompts[row]!.length),
    lastRows: perRow(batch, (row) => row * length + prompts[row]!.length - 1),
  };
}

/** [limit, batch]: the numbers of a row's stream run down its column. */
function feedUniforms(streams: readonly RandomStream[], limit: number): Value {
  const batch = streams.length;
  const data = new Float32Array(limit * batch);
  streams.forEach((stream, row) => {
    for (let step = 0; step < limit; step++) data[step * batch + row] = stream.uniform();
  });
  return { data, shape: [limit, batch] };
}

function readRow(row: number, batch: number, tokens: Value, logprobs: Value, endToken: number): Completion {
  const steps = tokens.shape[0]!;
  const column = <T extends Float32Array | Int32Array>(data: T) =>
    Array.from({ length: steps }, (_, step) => data[step * batch + row]!);
  const ids = column(tokens.data);
  const end = ids.indexOf(endToken);
  const length = end < 0 ? steps : end + 1;
  return {
    ids: Int32Array.from(ids.slice(0, length)),
    logprobs: Float32Array.from(column(logprobs.data).slice(0, length)),
    ended: end >= 0,
  };
}

/** The real tokens of a padded batch [rows, length], whichever side its padding is on. */
export function unpad(ids: Int32Array, mask: ArrayLike<number>, length: number): Int32Array[] {
  return Array.from({ length: ids.length / length }, (_, row) =>
    ids.slice(row * length, (row + 1) * length).filter((_, i) => mask[row * length + i] !== 0),
  );
}
