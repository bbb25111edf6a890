/**
 * Checks derived gradients against finite differences on the CPU engine. The forward values are float32, so the
 * difference is taken over wide steps with the five-point formula, whose error is of the fourth order in the step.
 */
import type { Engine, Feeds, Program, TensorSet, Value } from '../../core/engine/engine.ts';
import { add, input, mul, parameter, reduceSum, reshape } from '../../core/graph/build.ts';
import { gradient } from '../../core/graph/gradient.ts';
import { bindShape, evaluate } from '../../core/graph/shape.ts';
import type { Tensor } from '../../core/graph/tensor.ts';
import { topological } from '../../core/graph/walk.ts';
import { filledSet, noise, noiseValue, openTestEngine, sizeOf } from './engine.ts';

export interface GradientCheck {
  /** What is differentiated: shapes (filled with noise in (−1, 1)) or values, by name. */
  readonly parameters: Readonly<Record<string, readonly number[] | Value>>;
  /** The function: any tensors of any shape; their noise-weighted sum is what is differentiated. */
  readonly build: (parameters: Record<string, Tensor>) => Tensor | readonly Tensor[];
  /** Values of the other inputs of the graph. */
  readonly feeds?: Feeds;
  /** Half the width of a difference. */
  readonly step?: number;
  /** The largest error allowed, as a part of the largest gradient of the parameter (or of 1, if that is less). */
  readonly tolerance?: number;
  /** An engine to use; one is opened and disposed otherwise. */
  readonly engine?: Engine;
  readonly seed?: number;
}

/** Throws where a gradient differs from the finite difference, naming the parameter, the element and both values. */
export async function checkGradient(check: GradientCheck): Promise<void> {
  const engine = check.engine ?? (await openTestEngine('cpu'));
  try {
    await checkOn(engine, check);
  } finally {
    if (!check.engine) await engine.dispose();
  }
}

async function checkOn(engine: Engine, check: GradientCheck): Promise<void> {
  const { build, feeds = {}, step = 1 / 64, tolerance = 1e-3, seed = 7 } = check;
  const values = parameterValues(check.parameters, seed);
  const tensors = Object.fromEntries(
    Object.entries(values).map(([name, { shape }]) => [name, parameter('checked', name, shape)]),
  );
  const results = [build(tensors)].flat();
  const weights = results.map((result, i) => noiseValue(concreteShape(result, feeds), seed + 100 + i));
  const program = await compileWeighted(engine, tensors, results);
  const parameters = await filledSet(engine, values);
  const gradients = parameters.sibling();
  const weighted = new Weighted(program, parameters, gradients, feeds, weights);

  await weighted.evaluate();
  const derived = await gradients.read();
  for (const [name, { data }] of Object.entries(values)) {
    const original = Float32Array.from(data);
    const size = Math.max(1, ...derived[name]!.map(Math.abs));
    for (let i = 0; i < original.length; i++) {
      const numeric = await difference(weighted, name, original, i, step);
      if (!(Math.abs(numeric - derived[name]![i]!) <= tolerance * size))
        throw new Error(`∂/∂${name}[${i}] is ${derived[name]![i]} but the finite difference is ${numeric}`);
    }
    await parameters.write({ [name]: original });
  }
  await program.dispose();
  gradients.dispose();
  parameters.dispose();
}

function parameterValues(parameters: GradientCheck['parameters'], seed: number): Record<string, Value> {
  const entries = Object.entries(parameters).map(([name, given], i) => {
    const value = 'data' in given ? given : { data: noise(sizeOf(given), seed + i), shape: given };
    return [name, value] as const;
  });
  return Object.fromEntries(entries);
}

/** A result's shape once the fed shapes have given its symbols their values. */
function concreteShape(result: Tensor, feeds: Feeds): number[] {
  const symbols = new Map<string, number>();
  for (const { op, attributes } of topological([result]))
    if (op === 'input') bindShape(attributes.name, attributes.shape, feeds[attributes.name]!.shape, symbols);
  return result.shape.map((dim) => evaluate(dim, symbols));
}

const weightName = (i: number): string => `weight of result ${i}`;

function compileWeighted(
  engine: Engine,
  parameters: Record<string, Tensor>,
  results: readonly Tensor[],
): Promise<Program> {
  const terms = results.map((result, i) => {
    const weight = input(weightName(i), 'float32', result.shape);
    return reshape(reduceSum(mul(result, weight)), []);
  });
  const loss = terms.reduce((total, term) => add(total, term));
  const derived = gradient(loss, Object.values(parameters));
  return engine.compile({
    outputs: Object.fromEntries(results.map((result, i) => [`${i}`, result])),
    gradients: Object.fromEntries(Object.keys(parameters).map((name, i) => [name, derived[i]!])),
  });
}

class Weighted {
  readonly parameters: TensorSet;
  readonly #program: Program;
  readonly #gradients: TensorSet;
  readonly #feeds: Feeds;
  readonly #weights: readonly Value[];

  constructor(
    program: Program,
    parameters: TensorSet,
    gradients: TensorSet,
    feeds: Feeds,
    weights: readonly Value[],
  ) {
    this.parameters = parameters;
    this.#program = program;
    this.#gradients = gradients;
    this.#feeds = { ...feeds, ...Object.fromEntries(weights.map((weight, i) => [weightName(i), weight])) };
    this.#weights = weights;
  }

  /** The weighted sum of the results, in float64: only the results themselves are rounded to float32. */
  async evaluate(): Promise<number> {
    const values = await this.#program.run(this.#feeds, {
      sets: { checked: this.parameters },
      gradients: this.#gradients,
    });
    let total = 0;
    this.#weights.forEach(({ data }, i) => {
      data.forEach((weight, element) => (total += weight * values[`${i}`]!.data[element]!));
    });
    return total;
  }
}

/** (8(f₊₁ − f₋₁) − (f₊₂ − f₋₂)) / 12h */
async function difference(
  weighted: Weighted,
  name: string,
  original: Float32Array,
  element: number,
  step: number,
): Promise<number> {
  const at = async (steps: number) => {
    const moved = original.slice();
    moved[element]! += steps * step;
    await weighted.parameters.write({ [name]: moved });
    return weighted.evaluate();
  };
  const near = (await at(1)) - (await at(-1));
  const far = (await at(2)) - (await at(-2));
  return (8 * near - far) / (12 * step);
}
