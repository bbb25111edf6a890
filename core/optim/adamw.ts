import type { Engine, TensorSet } from '../engine/engine.ts';

export interface AdamWSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Gradients longer than this are shortened to it; 0 leaves them alone. */
  readonly maxGradientNorm: number;
}

/** AdamW with everything it remembers: the moments, the gradient being accumulated and the number of steps made. */
export class AdamW {
  readonly parameters: TensorSet;
  readonly gradients: TensorSet;
  readonly #engine: Engine;
  readonly #settings: AdamWSettings;
  readonly #firstMoment: TensorSet;
  readonly #secondMoment: TensorSet;
  #steps = 0;

  constructor(engine: Engine, parameters: TensorSet, settings: AdamWSettings) {
    this.#engine = engine;
    this.#settings = settings;
    this.parameters = parameters;
    this.gradients = parameters.sibling();
    this.#firstMoment = parameters.sibling();
    this.#secondMoment = parameters.sibling();
  }

  /** Applies the accumulated gradient and clears it; returns its norm before clipping. */
  async step(learningRate: number): Promise<number> {
    const { maxGradientNorm, ...hyperparameters } = this.#settings;
    const norm = await this.#engine.norm(this.gradients);
    // A norm that is not finite is the caller's to report; the parameters stay as they were.
    if (!Number.isFinite(norm)) return norm;
    this.#steps += 1;
    await this.#engine.adamw({
      ...hyperparameters,
      parameters: this.parameters,
      gradients: this.gradients,
      firstMoment: this.#firstMoment,
      secondMoment: this.#secondMoment,
      step: this.#steps,
      learningRate,
      gradientScale: clipFactor(norm, maxGradientNorm),
    });
    await this.#engine.zero(this.gradients);
    return norm;
  }

  /** What a checkpoint keeps beside the parameters. */
  async state(): Promise<AdamWState> {
    return {
      steps: this.#steps,
      firstMoment: await this.#firstMoment.read(),
      secondMoment: await this.#secondMoment.read(),
    };
  }

  async restore(state: AdamWState): Promise<void> {
    this.#steps = state.steps;
    await this.#firstMoment.write(state.firstMoment);
    await this.#secondMoment.write(state.secondMoment);
  }

  dispose(): void {
    for (const set of [this.gradients, this.#firstMoment, this.#secondMoment]) set.dispose();
  }
}

export interface AdamWState {
  readonly steps: number;
  readonly firstMoment: Record<string, Float32Array>;
  readonly secondMoment: Record<string, Float32Array>;
}

/** The factor that shortens a gradient of this norm to the longest allowed. */
export function clipFactor(norm: number, longest: number): number {
  return longest > 0 && norm > longest ? longest / norm : 1;
}
