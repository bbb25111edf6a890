import { bindShape, evaluate, symbolsOf, type Dim, type Shape } from '../../graph/shape.ts';

/**
 * The values of symbolic sizes in one run: those that fed shapes give, and those seen in results since, such as the
 * number of steps a loop made.
 */
export class Sizes {
  readonly #fed: ReadonlyMap<string, number>;
  readonly #all: Map<string, number>;

  constructor(fed: ReadonlyMap<string, number>) {
    this.#fed = fed;
    this.#all = new Map(fed);
  }

  /** For one iteration of a loop, whose other sizes change from one to the next. */
  forBody(): Sizes {
    return new Sizes(this.#fed);
  }

  get known(): ReadonlyMap<string, number> {
    return this.#all;
  }

  number(dim: Dim): number {
    return evaluate(dim, this.#all);
  }

  /** A shape to reshape to: −1, which the library works out, for the one dimension that may be unknown. */
  target(shape: Shape): number[] {
    const isKnown = (dim: Dim) => symbolsOf([dim]).every((symbol) => this.#all.has(symbol));
    return shape.map((dim) => (isKnown(dim) ? this.number(dim) : -1));
  }

  learn(name: string, declared: Shape, actual: readonly number[]): void {
    bindShape(name, declared, actual, this.#all);
  }
}
