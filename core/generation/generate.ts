import type { RandomStream } from '../data/random.ts';
import type { Engine, Program, Value } from '../engine/engine.ts';
import type { Architecture } from '../model/architecture.ts';
import type { ModelConfig } from '../model/config.ts';
import type { PlacedModel } from '../model/placed.ts';
import { decodeGraph, type DecodeOptions } from './decode.ts';
import {
  checkPrompt,
  feedEnds,
  feedLimit,
  feedPrompts,
  feedUniforms,
  integer,
  perRow,
  readRow,
  real,
  untilEnd,
} from './feeds.ts';

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
  /** Any of them ends a completion. */
  readonly endTokens: readonly number[];
  readonly padToken: number;
  /** Prompts decoded side by side; 64 by default. */
  readonly batchSize?: number;
}

export interface Completion {
  /** The tokens made, the one that ended them included. */
  readonly ids: Int32Array;
  /** log π of each token under the softmax at the temperature (at 1 when greedy), before top-k and top-p. */
  readonly logprobs: Float32Array;
  /** Whether an end token was made. */
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

  static async compile(
    engine: Engine,
    architecture: Architecture,
    options: SamplingOptions,
  ): Promise<Generator> {
    const graph = decodeGraph(architecture, 'policy', decodeOptions(options));
    const program = await engine.compile({ outputs: graph });
    return new Generator(program, architecture.config, options);
  }

  /**
   * One completion for every prompt, in the prompts' order. Each prompt's randomness is a stream of its own, so
   * what it gets does not depend on the prompts decoded beside it.
   */
  async generate(
    policy: PlacedModel,
    prompts: readonly Int32Array[],
    streams: (prompt: number) => RandomStream,
    limits: GenerationLimits,
  ): Promise<Completion[]> {
    prompts.forEach((prompt, i) => checkPrompt(prompt, i, this.#config));
    const completions: Completion[] = [];
    for (const batch of this.#batches(prompts, limits)) {
      const made = await this.#decode(
        policy,
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

  async #decode(
    policy: PlacedModel,
    prompts: Int32Array[],
    streams: RandomStream[],
    { maxTokens, endTokens, padToken }: GenerationLimits,
  ): Promise<Completion[]> {
    const limit = this.#room(prompts[0]!, maxTokens);
    const { tokens, logProbabilities } = await this.#program.run(
      {
        ...feedPrompts(prompts),
        ...feedDrawing(streams, limit, this.#options),
        ...feedLimit(limit),
        temperature: real(this.#options.temperature || 1),
        endTokens: feedEnds(endTokens),
        padToken: integer(padToken),
      },
      { sets: policy.sets('policy') },
    );
    return prompts.map((_, row) => readCompletion(row, tokens!, logProbabilities!, endTokens));
  }

  dispose(): Promise<void> {
    return this.#program.dispose();
  }
}

/** What a program is compiled for; the rest of the options is fed. */
export const decodeOptions = ({ temperature, topK, topP }: SamplingOptions): DecodeOptions => ({
  greedy: temperature === 0,
  topK,
  nucleus: topP < 1,
});

/** What drawing needs beside the distribution; the likeliest token needs nothing. */
export function feedDrawing(
  streams: readonly RandomStream[],
  limit: number,
  { temperature, topP }: SamplingOptions,
): Record<string, Value> {
  if (temperature === 0) return {};
  return {
    uniforms: feedUniforms(streams, limit),
    rowNumbers: perRow(streams.length, (row) => row),
    ...(topP < 1 && { topP: real(topP) }),
  };
}

function readCompletion(
  row: number,
  tokens: Value,
  logprobs: Value,
  endTokens: readonly number[],
): Completion {
  const ids = readRow<Int32Array>(tokens, row);
  const { length, ended } = untilEnd(ids, endTokens);
  return {
    ids: ids.slice(0, length),
    logprobs: readRow<Float32Array>(logprobs, row).slice(0, length),
    ended,
  };
}

/** The real tokens of a padded batch [rows, length], whichever side its padding is on. */
export function unpad(ids: Int32Array, mask: ArrayLike<number>, length: number): Int32Array[] {
  return Array.from({ length: ids.length / length }, (_, row) =>
    ids.slice(row * length, (row + 1) * length).filter((_, i) => mask[row * length + i] !== 0),
  );
}
