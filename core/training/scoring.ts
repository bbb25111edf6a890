import type { Engine, Program, ProgramSource } from '../engine/engine.ts';
import { input, tokenLogProbability } from '../graph/build.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Architecture } from '../model/architecture.ts';
import type { PlacedModel } from '../model/placed.ts';
import {
  hiddenStates,
  modelGraph,
  scalarHead,
  sequenceInputs,
  unembedding,
  type BlockOptions,
  type ModelGraph,
  type SequenceInputs,
} from '../model/transformer.ts';
import {
  feedLastRows,
  feedPredictions,
  feedSequences,
  microBatches,
  perSequence,
  type Sequence,
} from './sequences.ts';

/** How a training step departs from a plain forward pass. */
export type StateOptions = Omit<BlockOptions, 'rows'>;

/** The hidden states of the rows that a batch names in its `rows` input: [rows, width]. */
export function selectedStates(
  model: ModelGraph,
  inputs: SequenceInputs,
  options: StateOptions = {},
): Tensor {
  return hiddenStates(model, inputs, { ...options, rows: input('rows', 'int32', ['rows']) });
}

/** log π of every target token [rows, 1], with the entropy and the probabilities behind it. */
export function targetLogProbabilities(
  model: ModelGraph,
  inputs: SequenceInputs,
  temperature: number,
  options: StateOptions = {},
) {
  const targets = input('targets', 'int32', ['rows']);
  return tokenLogProbability(
    selectedStates(model, inputs, options),
    unembedding(model),
    targets,
    temperature,
  );
}

export interface TokenScores {
  /** log π of every predicted token. */
  readonly logprobs: Float32Array;
  /** Entropy of the distribution it was predicted with, nats. */
  readonly entropies: Float32Array;
}

/** Fed as `feedSequences` and `feedPredictions`; gives [rows, 1] of each. */
export function logprobGraph(architecture: Architecture, temperature: number): ProgramSource {
  const model = modelGraph(architecture, 'policy');
  const { logProbability, entropy } = targetLogProbabilities(model, sequenceInputs(), temperature);
  return { outputs: { logProbability, entropy } };
}

/** Padded tokens in one forward pass, where no setting says how many. */
export const SCORED_TOGETHER = 4096;

/** Log-probabilities of given texts under a language model. */
export class LogprobScorer {
  readonly #program: Program;
  readonly #maxTokens: number;

  private constructor(program: Program, maxTokens: number) {
    this.#program = program;
    this.#maxTokens = maxTokens;
  }

  static async compile(engine: Engine, architecture: Architecture, temperature: number, maxTokens: number) {
    return new LogprobScorer(await engine.compile(logprobGraph(architecture, temperature)), maxTokens);
  }

  async score(policy: PlacedModel, sequences: readonly Sequence[]): Promise<TokenScores[]> {
    const scores: TokenScores[] = [];
    for (const group of microBatches(sequences, this.#maxTokens)) {
      const batch = group.map((i) => sequences[i]!);
      const { logProbability, entropy } = await this.#program.run(
        { ...feedSequences(batch), ...feedPredictions(batch) },
        { sets: policy.sets('policy') },
      );
      const logprobs = perSequence(logProbability!.data as Float32Array, batch);
      const entropies = perSequence(entropy!.data as Float32Array, batch);
      group.forEach((index, i) => (scores[index] = { logprobs: logprobs[i]!, entropies: entropies[i]! }));
    }
    return scores;
  }

  /** Mean negative log-likelihood of the predicted tokens, nats a token. */
  async loss(policy: PlacedModel, sequences: readonly Sequence[]): Promise<number> {
    const scores = await this.score(policy, sequences);
    let [total, count] = [0, 0];
    for (const { logprobs } of scores) {
      for (const logprob of logprobs) total -= logprob;
      count += logprobs.length;
    }
    return total / count;
  }

  dispose(): Promise<void> {
    return this.#program.dispose();
  }
}

/** Fed as `feedSequences` and the `rows` to read; gives [rows, 1]. */
export function scalarGraph(architecture: Architecture): ProgramSource {
  const model = modelGraph(architecture, 'scalar');
  return { outputs: { values: scalarHead(model, selectedStates(model, sequenceInputs())) } };
}

/** Numbers from a model with a scalar head: rewards of whole texts, values of every token. */
export class ScalarScorer {
  readonly #program: Program;
  readonly #maxTokens: number;

  private constructor(program: Program, maxTokens: number) {
    this.#program = program;
    this.#maxTokens = maxTokens;
  }

  static async compile(engine: Engine, architecture: Architecture, maxTokens: number): Promise<ScalarScorer> {
    return new ScalarScorer(await engine.compile(scalarGraph(architecture)), maxTokens);
  }

  /** The reward of every text, read at its last token. */
  async rewards(model: PlacedModel, sequences: readonly Sequence[]): Promise<Float32Array> {
    const rewards = new Float32Array(sequences.length);
    for (const group of microBatches(sequences, this.#maxTokens)) {
      const batch = group.map((i) => sequences[i]!);
      const values = await this.#run(model, { ...feedSequences(batch), ...feedLastRows(batch) });
      group.forEach((index, i) => (rewards[index] = values[i]!));
    }
    return rewards;
  }

  /** The value of the state before every predicted token. */
  async values(model: PlacedModel, sequences: readonly Sequence[]): Promise<Float32Array[]> {
    const result: Float32Array[] = [];
    for (const group of microBatches(sequences, this.#maxTokens)) {
      const batch = group.map((i) => sequences[i]!);
      const { rows } = feedPredictions(batch);
      const values = await this.#run(model, { ...feedSequences(batch), rows: rows! });
      perSequence(values, batch).forEach((part, i) => (result[group[i]!] = part));
    }
    return result;
  }

  async #run(model: PlacedModel, feeds: Parameters<Program['run']>[0]): Promise<Float32Array> {
    const { values } = await this.#program.run(feeds, { sets: model.sets('scalar') });
    return values!.data as Float32Array;
  }

  dispose(): Promise<void> {
    return this.#program.dispose();
  }
}
