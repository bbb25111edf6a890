/** What the graphs of all training steps have in common beside their losses. */
import { gradientsOf } from '../graph/gradient.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { ModelGraph } from '../model/transformer.ts';

export interface StepOptions {
  /** Compute the blocks again in the backward pass instead of keeping what they computed (Chen et al. 2016). */
  readonly recompute: boolean;
}

/** To be given to one forward pass; then takes the gradient of a loss on it. */
export class BackwardPass {
  readonly #recompute: boolean;
  readonly #boundaries: Tensor[] = [];

  constructor({ recompute }: StepOptions) {
    this.#recompute = recompute;
  }

  readonly onBlock = (residual: Tensor): void => void this.#boundaries.push(residual);

  /** Of each parameter that is trained, by name. */
  gradients(loss: Tensor, parameters: ModelGraph['parameters']): Record<string, Tensor> {
    return gradientsOf(loss, parameters, this.#recompute ? { recompute: this.#boundaries } : {});
  }
}
