import type { Engine, Program, ProgramSource, TensorSet } from '../engine/engine.ts';
import { input, tokenLogProbability } from '../graph/build.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { ModelConfig } from '../model/config.ts';
import {
  hiddenStates,
  modelGraph,
  scalarHead,
  sequenceInputs,
  unembedding,
  type ModelGraph,
  type OnResidual,
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

/** The hidden states of the rows that a batch names in its `rows` input: [rows, width]. */
export function selectedStates(
  model: ModelGraph,
  inputs: SequenceInputs,
  options: { onResidual?: OnResidual } = {},
): Tensor {
  return hiddenStates(model, inputs, { ...options, rows: input('rows', 'int32', ['rows']) });
}

/** log π of every target token [rows, 1], with the entropy and the probabilities behind it. */
export function targetLogProbabilities(
  model: ModelGraph,
  inputs: SequenceInputs,
  temperature: number,
  options: { onResidual?: OnResidual } = {},
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

/** Log-probabilities of given texts under a language model. */
export class LogprobScorer {
  readonly #program: Program;
  readonly #maxTokens: number;

  private constructor(program: Program, maxTokens: number) {
    this.#program = program;
    this.#maxTokens = maxTokens;
  }

  static async compile(engine: Engine, config: ModelConfig, temperature: number, maxTokens: number) {
    const model = modelGraph(config, 'language', 'policy');
    const { logProbability, entropy } = targetLogProbabilities(model, sequenceInputs(), temperature);
    const program = await engine.compile({ outputs: { logProbability, entropy } });
    return new LogprobScorer(program, maxTokens);
  }

  async score(parameters: TensorSet, sequences: readonly Sequence[]): Promise<TokenScores[]> {
    const scores: TokenScores[] = [];
    for (const group of microBatches(sequences, this.#maxTokens)) {
      const batch = group.map((i) => sequences[i]!);
      const { logProbability, entropy } = await this.#program.run(
        { ...feedSequences(batch), ...feedPredictions(batch) },
        { sets: { policy: parameters } },
      );
      const logprobs = perSequence(logProbability!.data as Float32Array, batch);
      const entropies = perSequence(entropy!.data as Float32Array, batch);
      group.forEach((index, i) => (scores[index] = { logprobs: logprobs[i]!, entropies: entropies[i]! }));
    }
    return scores;
  }

  /** Mean negative log-likelihood of the predicted tokens, nats a token. */
  async loss(parameters: TensorSet, sequences: readonly Sequence[]): Promise<number> {
    const scores = await this.score(parameters, sequences);
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

/** Numbers from a model with a scalar head: rewards of whole texts, values of every token. */
export class ScalarScorer {
  readonly #program: Program;
  readonly #maxTokens: number;

  private constructor(program: Program, maxTokens: number) {
    this.#program = program;
    this.#maxTokens = maxTokens;
  }

  static async compile(engine: Engine, config: ModelConfig, maxTokens: number): Promise<ScalarScorer> {
    const model = modelGraph(config, 'scalar', 'scalar');
    const source: ProgramSource = {
      outputs: { values: scalarHead(model, selectedStates(model, sequenceInputs())) },
    };
    return new ScalarScorer(await engine.compile(source), maxTokens);
  }

  /** The reward of every text, read at its last token. */
  async rewards(parameters: TensorSet, sequences: readonly Sequence[]): Promise<Float32Array> {
    const rewards = new Float32Array(sequences.length);
    for (const group of microBatches(sequences, this.#maxTokens)) {
      const batch = group.map((i) => sequences[i]!);
      const values = await this.#run(parameters, { ...feedSequences(batch), ...feedLastRows(batch) });
      group.forEach((index, i) => (rewards[index] = values[i]!));
    }
    return rewards;
  }

  /** The value of the state before every predicted token. */
  async values(parameters: TensorSet, sequences: readonly Sequence[]): Promise<Float32Array[]> {
    const result: Float32Array[] = [];
    for (const group of microBatches(sequences, this.#maxTokens)) {
      const batch = group.map((i) => sequences[i]!);
      const { rows } = feedPredictions(batch);
      const values = await this.#run(parameters, { ...feedSequences(batch), rows: rows! });
      perSequence(values, batch).forEach((part, i) => (result[group[i]!] = part));
    }
    return result;
  }

  async #run(parameters: TensorSet, feeds: Parameters<Program['run']>[0]): Promise<Float32Array> {
    const { values } = await this.#program.run(feeds, { sets: { scalar: parameters } });
    return values!.data as Float32Array;
  }

  dispose(): Promise<void> {
    return this.#program.dispose();
  }
}
