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
  readonly moments: { readonly first: TensorSet; readonly second: TensorSet };
  readonly #engine: Engine;
  readonly #settings: AdamWSettings;
  #steps = 0;

  constructor(engine: Engine, parameters: TensorSet, settings: AdamWSettings) {
    this.#engine = engine;
    this.#settings = settings;
    this.parameters = parameters;
    this.gradients = parameters.sibling();
    this.moments = { first: parameters.sibling(), second: parameters.sibling() };
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
      firstMoment: this.moments.first,
      secondMoment: this.moments.second,
      step: this.#steps,
      learningRate,
      gradientScale: clipFactor(norm, maxGradientNorm),
    });
    await this.#engine.zero(this.gradients);
    return norm;
  }

  /** Steps made; with the moments, all that a checkpoint keeps beside the parameters. */
  get steps(): number {
    return this.#steps;
  }

  /** Goes on after so many steps; the moments are to be written as they were then. */
  restore(steps: number): void {
    this.#steps = steps;
  }

  dispose(): void {
    for (const set of [this.gradients, this.moments.first, this.moments.second]) set.dispose();
  }
}

/** The factor that shortens a gradient of this norm to the longest allowed. */
export function clipFactor(norm: number, longest: number): number {
  return longest > 0 && norm > longest ? longest / norm : 1;
}
