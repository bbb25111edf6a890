import { randomStream } from '../data/random.ts';
import type { Engine } from '../engine/engine.ts';
import { Generator, unfiltered, type Completion } from '../generation/generate.ts';
import type { Architecture } from '../model/architecture.ts';
import type { Model } from '../model/model.ts';
import { PlacedModel } from '../model/placed.ts';
import type { Tokenizer } from '../model/tokenizer.ts';
import { mean, sum } from '../training/estimators.ts';
import { LogprobScorer, ScalarScorer } from '../training/scoring.ts';
import { join, type Sequence } from '../training/sequences.ts';

export interface EvaluationSettings {
  readonly temperature: number;
  readonly responseLength: number;
  /** Answers drawn for every prompt. */
  readonly answersPerPrompt: number;
  readonly seed: number;
  readonly microBatchTokens: number;
}

/** What policies of one architecture are measured against. */
export interface EvaluationInputs {
  readonly tokenizer: Tokenizer;
  /** Any of them ends an answer. */
  readonly endTokens: readonly number[];
  readonly prompts: readonly Int32Array[];
  /** KL is measured to this policy. */
  readonly reference: Model;
  readonly rewardModel: Model;
  /** Held-out pretraining sequences. */
  readonly pretraining: readonly Sequence[];
}

/** One policy on the held-out prompts; means over prompts. */
export interface PolicyReport {
  /** Those of every prompt: `[prompt][answer]`. */
  readonly answers: readonly (readonly Answer[])[];
  readonly rewardModelScore: number;
  /** Σ over tokens of log π − log π_ref, nats. */
  readonly kl: number;
  /** Nats a token. */
  readonly pretrainingLoss: number;
  /** Tokens, the end token included. */
  readonly responseLength: number;
}

export interface Answer {
  readonly text: string;
  /** Whether it stopped by itself. */
  readonly ended: boolean;
}

/** Measures policies side by side: the same prompts, the same randomness, the same judges. */
export class PolicyEvaluator {
  readonly #engine: Engine;
  readonly #inputs: EvaluationInputs;
  readonly #settings: EvaluationSettings;
  readonly #parts: EvaluationParts;

  private constructor(
    engine: Engine,
    inputs: EvaluationInputs,
    settings: EvaluationSettings,
    parts: EvaluationParts,
  ) {
    this.#engine = engine;
    this.#inputs = inputs;
    this.#settings = settings;
    this.#parts = parts;
  }

  static async start(engine: Engine, inputs: EvaluationInputs, settings: EvaluationSettings) {
    return new PolicyEvaluator(engine, inputs, settings, {
      ...(await compileParts(engine, inputs.reference, inputs.rewardModel, settings)),
      reference: await PlacedModel.place(engine, inputs.reference),
      reward: await PlacedModel.place(engine, inputs.rewardModel),
    });
  }

  /** `label` names the random stream: two evaluations of one policy under two labels are independent. */
  async evaluate(policy: Model, label: string): Promise<PolicyReport> {
    const placed = await PlacedModel.place(this.#engine, policy);
    try {
      const { scalar, logprobs, untempered, reference, reward } = this.#parts;
      const completions = await this.#sample(placed, label);
      const sequences = completions.map(({ ids }, i) => join(this.#promptOf(i), ids));
      const rewards = await scalar.rewards(reward, sequences);
      const scores = await logprobs.score(reference, sequences);
      const kl = completions.map((own, i) => sum(own.logprobs) - sum(scores[i]!.logprobs));
      return {
        answers: this.#perPrompt(
          completions.map(({ ids, ended }, i) => ({
            text: this.#inputs.tokenizer.continuation(this.#promptOf(i), ids),
            ended,
          })),
        ),
        rewardModelScore: mean(rewards),
        kl: mean(kl),
        pretrainingLoss: await untempered.loss(placed, this.#inputs.pretraining),
        responseLength: mean(completions.map(({ ids }) => ids.length)),
      };
    } finally {
      placed.dispose();
    }
  }

  /** Completions come prompt after prompt, all answers to one of them together. */
  #promptOf(completion: number): Int32Array {
    return this.#inputs.prompts[Math.floor(completion / this.#settings.answersPerPrompt)]!;
  }

  #perPrompt<T>(items: readonly T[]): T[][] {
    const count = this.#settings.answersPerPrompt;
    return this.#inputs.prompts.map((_, prompt) => items.slice(prompt * count, (prompt + 1) * count));
  }

  #sample(policy: PlacedModel, label: string): Promise<Completion[]> {
    const { tokenizer, endTokens, prompts } = this.#inputs;
    const { seed, responseLength, answersPerPrompt } = this.#settings;
    const asked = Array.from({ length: prompts.length * answersPerPrompt }, (_, i) => this.#promptOf(i));
    return this.#parts.generator.generate(policy, asked, (i) => randomStream(seed, 'evaluation', label, i), {
      maxTokens: responseLength,
      endTokens,
      padToken: tokenizer.padId,
    });
  }

  async dispose(): Promise<void> {
    const { reference, reward, ...programs } = this.#parts;
    reference.dispose();
    reward.dispose();
    for (const program of Object.values(programs)) await program.dispose();
  }
}

interface EvaluationPrograms {
  readonly generator: Generator;
  readonly logprobs: LogprobScorer;
  readonly untempered: LogprobScorer;
  readonly scalar: ScalarScorer;
}

interface EvaluationParts extends EvaluationPrograms {
  readonly reference: PlacedModel;
  readonly reward: PlacedModel;
}

async function compileParts(
  engine: Engine,
  policy: Architecture,
  rewardModel: Architecture,
  { temperature, microBatchTokens }: EvaluationSettings,
): Promise<EvaluationPrograms> {
  const scorer = (t: number) => LogprobScorer.compile(engine, policy, t, microBatchTokens);
  return {
    generator: await Generator.compile(engine, policy, unfiltered(temperature)),
    logprobs: await scorer(temperature),
    untempered: await scorer(1),
    scalar: await ScalarScorer.compile(engine, rewardModel, microBatchTokens),
  };
}
