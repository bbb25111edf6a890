import type { RandomStream } from '../data/random.ts';
import type { Engine, Program, Value, Values } from '../engine/engine.ts';
import type { Architecture } from '../model/architecture.ts';
import type { ModelConfig } from '../model/config.ts';
import type { PlacedModel } from '../model/placed.ts';
import { firstPartGraph, nextPartGraph } from './decode-parts.ts';
import type { DecodeOptions } from './decode.ts';
import {
  checkPrompt,
  feedEnds,
  feedLimit,
  feedPrompts,
  integer,
  perRow,
  readRow,
  real,
  untilEnd,
} from './feeds.ts';
import { feedDrawing, type GenerationLimits, type SamplingOptions } from './generate.ts';

/** What completions are written for, and how. */
export interface Question {
  readonly policy: PlacedModel;
  readonly prompt: Int32Array;
  /** One for every completion. */
  readonly streams: readonly RandomStream[];
  /** As the generator was compiled for. */
  readonly sampling: SamplingOptions;
  readonly limits: Omit<GenerationLimits, 'batchSize'>;
}

/** A completion as far as it is written. */
export interface Draft {
  /** The tokens made, the end token included where one was. */
  readonly ids: Int32Array;
  /** Whether the end token was made. */
  readonly ended: boolean;
}

/** Samples completions that can be read, and stopped, while they are written. */
export class StreamingGenerator {
  readonly #first: Program;
  readonly #next: Program;
  readonly #config: ModelConfig;

  private constructor(first: Program, next: Program, config: ModelConfig) {
    this.#first = first;
    this.#next = next;
    this.#config = config;
  }

  static async compile(engine: Engine, architecture: Architecture, options: DecodeOptions) {
    const first = await engine.compile({ outputs: firstPartGraph(architecture, 'policy', options) });
    const next = await engine.compile({ outputs: nextPartGraph(architecture, 'policy', options) });
    return new StreamingGenerator(first, next, architecture.config);
  }

  /** Nothing is computed before the first part is asked for. */
  begin(question: Question): Writing {
    const { prompt, limits } = question;
    checkPrompt(prompt, 0, this.#config);
    const room = Math.min(limits.maxTokens, this.#config.context - prompt.length);
    return new Writing(this.#first, this.#next, question, room);
  }

  async dispose(): Promise<void> {
    await this.#first.dispose();
    await this.#next.dispose();
  }
}

/** Completions of one prompt that are being written: the same, token for token, however they are cut into parts. */
export class Writing {
  readonly #first: Program;
  readonly #next: Program;
  readonly #question: Question;
  /** Most tokens of a completion. */
  readonly #room: number;
  readonly #prompts: Record<string, Value>;
  /** What the part before left to the next. */
  #standing: Values = {};
  #made = 0;
  #drafts: Draft[];

  constructor(first: Program, next: Program, question: Question, room: number) {
    this.#first = first;
    this.#next = next;
    this.#question = question;
    this.#room = room;
    this.#prompts = feedPrompts(question.streams.map(() => question.prompt));
    this.#drafts = question.streams.map(() => ({ ids: new Int32Array(), ended: false }));
  }

  get drafts(): readonly Draft[] {
    return this.#drafts;
  }

  get isOver(): boolean {
    return this.#made === this.#room || this.#drafts.every(({ ended }) => ended);
  }

  /** Writes at most so many tokens more of each completion. */
  async goOn(tokens: number): Promise<void> {
    const { policy, streams, sampling, limits } = this.#question;
    const limit = Math.min(tokens, this.#room - this.#made);
    const { tokens: made, ...left } = await this.#program.run(
      {
        ...this.#feedStanding(),
        ...feedDrawing(streams, limit, sampling),
        ...feedLimit(limit),
        temperature: real(sampling.temperature || 1),
        endTokens: feedEnds(limits.endTokens),
        padToken: integer(limits.padToken),
      },
      { sets: policy.sets('policy') },
    );
    this.#standing = { ...this.#standing, ...left };
    this.#made += made!.shape[0]!;
    this.#drafts = this.#drafts.map((draft, row) => this.#lengthen(draft, readRow(made!, row)));
  }

  get #program(): Program {
    return this.#made === 0 ? this.#first : this.#next;
  }

  #feedStanding(): Record<string, Value> {
    if (this.#made === 0) return this.#prompts;
    const { streams, prompt } = this.#question;
    return {
      ...this.#standing,
      promptMask: this.#prompts['promptMask']!,
      promptLengths: perRow(streams.length, () => prompt.length + this.#made),
    };
  }

  #lengthen(draft: Draft, made: Int32Array): Draft {
    if (draft.ended) return draft;
    const { length, ended } = untilEnd(made, this.#question.limits.endTokens);
    return { ids: Int32Array.from([...draft.ids, ...made.subarray(0, length)]), ended };
  }
}
