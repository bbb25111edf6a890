import type { RandomStream } from '../data/random.ts';
import type { Engine } from '../engine/engine.ts';
import { Generator, type SamplingOptions } from '../generation/generate.ts';
import { PlacedModel } from '../model/placed.ts';
import { sum } from '../training/estimators.ts';
import { requireHead, type Opened } from './sources.ts';
import type { Texts } from './texts.ts';

export interface SamplerOptions extends SamplingOptions {
  readonly maxTokens: number;
}

/** A completion as text. */
export interface SampledText {
  readonly completion: string;
  /** Whether it ended by itself, before the most tokens allowed. */
  readonly ended: boolean;
  /** Σ log π of its tokens at the sampling temperature (at 1 when greedy), before top-k and top-p. */
  readonly logprob: number;
}

/** The same as its tokens too. */
export interface SampledTokens extends SampledText {
  /** Those of the prompt, and those made, the end token included. */
  readonly prompt: Int32Array;
  readonly ids: Int32Array;
}

/** A language model on a device, ready to complete prompts. */
export class Sampler {
  readonly texts: Texts;
  /** Most tokens of prompt and completion together. */
  readonly context: number;
  readonly parameters: PlacedModel;
  readonly #generator: Generator;
  readonly #maxTokens: number;

  private constructor(
    { model, texts }: Opened,
    generator: Generator,
    parameters: PlacedModel,
    maxTokens: number,
  ) {
    this.texts = texts;
    this.context = model.config.context;
    this.#generator = generator;
    this.parameters = parameters;
    this.#maxTokens = maxTokens;
  }

  static async start(engine: Engine, opened: Opened, options: SamplerOptions): Promise<Sampler> {
    requireHead(opened, 'language', 'completions are sampled from');
    const generator = await Generator.compile(engine, opened.model, options);
    return new Sampler(opened, generator, await PlacedModel.place(engine, opened.model), options.maxTokens);
  }

  /** Whether a prompt leaves room for the longest completion. */
  hasRoomAfter(prompt: Int32Array): boolean {
    return prompt.length + this.#maxTokens <= this.context;
  }

  /** One completion for every prompt, each drawn from a stream of its own. */
  async complete(
    prompts: readonly Int32Array[],
    streams: (prompt: number) => RandomStream,
  ): Promise<SampledTokens[]> {
    const { endTokens, tokenizer } = this.texts;
    const limits = { maxTokens: this.#maxTokens, endTokens, padToken: tokenizer.padId };
    const made = await this.#generator.generate(this.parameters, prompts, streams, limits);
    return made.map(({ ids, ended, logprobs }, i) => ({
      prompt: prompts[i]!,
      ids,
      completion: this.texts.tokenizer.continuation(prompts[i]!, ids),
      ended,
      logprob: sum(logprobs),
    }));
  }

  async dispose(): Promise<void> {
    this.parameters.dispose();
    await this.#generator.dispose();
  }
}
