/**
 * Several steps of AdamW in one call, for a device to which resident tensors cross a bus at every run: parameters,
 * moments and the step's gradient are carried by one loop over the micro-batches, so they cross it once for all.
 * Clipping by the global norm and the update are those of `updates.ts`, in the graph.
 */
import { EngineError } from '../contract/errors.ts';
import {
  add,
  cast,
  div,
  expand,
  gatherRows,
  input,
  less,
  loop,
  makeNode,
  mul,
  parameter,
  scalar,
  select,
  sqrt,
} from '../graph/build.ts';
import { showShape, type Shape } from '../graph/shape.ts';
import type { DType, LoopBody, Node, Op, Tensor } from '../graph/tensor.ts';
import { topological } from '../graph/walk.ts';
import type {
  AdamWUpdate,
  Engine,
  Feeds,
  Program,
  ProgramSource,
  TensorSet,
  TensorSpec,
  Value,
  Values,
} from './engine.ts';
import { adamwFactors, adamwGraph, sumOfSquaresGraph } from './updates.ts';

/** AdamW's own settings; `maxGradientNorm` 0 leaves gradients as long as they are. */
export interface FusedSettings extends Pick<AdamWUpdate, 'beta1' | 'beta2' | 'epsilon' | 'weightDecay'> {
  readonly maxGradientNorm: number;
}

/** What the steps change; siblings. */
export interface FusedState {
  readonly parameters: TensorSet;
  readonly firstMoment: TensorSet;
  readonly secondMoment: TensorSet;
}

export interface FusedStep {
  /** The feeds of its micro-batches, whose gradients add up; all of the same shapes, also from step to step. */
  readonly parts: readonly Feeds[];
  /** Steps made, this one included: 1 for the first. */
  readonly step: number;
  readonly learningRate: number;
}

export interface FusedResult {
  /** Of the step's gradient, before it is clipped. */
  readonly norm: number;
  /** The program's outputs for every micro-batch. */
  readonly parts: readonly Values[];
}

/** A program of which every run makes as many steps as it is given. */
export class FusedSteps {
  readonly #program: Program;
  readonly #source: ProgramSource;
  readonly #settings: FusedSettings;

  private constructor(program: Program, source: ProgramSource, settings: FusedSettings) {
    this.#program = program;
    this.#source = source;
    this.#settings = settings;
  }

  /** `source` is a micro-batch's program: its gradients are of parameters of `group`, its outputs are floats. */
  static async compile(
    engine: Engine,
    source: ProgramSource,
    group: string,
    settings: FusedSettings,
  ): Promise<FusedSteps> {
    const outputs = fusedGraph(source, group, settings.maxGradientNorm);
    return new FusedSteps(await engine.compile({ outputs }), source, settings);
  }

  /**
   * Makes the steps, one after the other. `sets` are those of other parameter groups. Where a norm is not finite,
   * nothing is changed: the caller sees it in the results.
   */
  async run(
    steps: readonly FusedStep[],
    { parameters, firstMoment, secondMoment }: FusedState,
    sets: Readonly<Record<string, TensorSet>> = {},
  ): Promise<FusedResult[]> {
    const state = { parameters, firstMoment, secondMoment };
    const results = await this.#program.run(this.#feeds(steps), { sets: { ...sets, ...state } });
    const stacked = resultsOf(steps, results, Object.keys(this.#source.outputs));
    if (stacked.every(({ norm }) => Number.isFinite(norm)))
      for (const [group, set] of Object.entries(state)) await set.write(valuesOf(group, set, results));
    return stacked;
  }

  dispose(): Promise<void> {
    return this.#program.dispose();
  }

  #feeds(steps: readonly FusedStep[]): Feeds {
    const parts = steps.flatMap((step) => step.parts);
    const names = Object.keys(parts[0]!);
    const factors = steps.flatMap((step) => factorsOfParts(step, this.#settings));
    return {
      [COUNT]: { data: Int32Array.of(parts.length), shape: [] },
      ...Object.fromEntries(names.map((name) => [name, stack(name, parts)])),
      ...Object.fromEntries(
        Object.keys(holding).map((name) => [
          factorInput(name),
          { data: Float32Array.from(factors, (each) => each[name]!), shape: [factors.length] },
        ]),
      ),
    };
  }
}

const COUNT = 'micro-batches';
const factorInput = (name: string): string => `factor:${name}`;

type Factors = Readonly<Record<string, number>>;

/** Whether what the micro-batches before it added up is kept for the next. */
const KEPT = 'kept';

/** With these AdamW leaves parameters and moments as they are, to the bit. */
const holding: Factors = {
  ...{ oneMinusBeta1: 0, beta2: 1, oneMinusBeta2: 0, keep: 1, rate: 0, spread: 1, epsilon: 1 },
  [KEPT]: 1,
};

/** The gradients of all parts but the last only add up; the last updates, and begins the next step's sum. */
function factorsOfParts({ parts, step, learningRate }: FusedStep, settings: FusedSettings): Factors[] {
  const factors = adamwFactors({ ...settings, step, learningRate, gradientScale: 1 });
  return parts.map((_, i) => (i < parts.length - 1 ? holding : { ...factors, [KEPT]: 0 }));
}

/** The values of an input in every micro-batch, along a new first axis. */
function stack(name: string, parts: readonly Feeds[]): Value {
  const values = parts.map((part) => part[name]!);
  const { shape, data } = values[0]!;
  for (const other of values)
    if (showShape(other.shape) !== showShape(shape))
      throw new EngineError(
        `'${name}' is ${showShape(shape)} in one micro-batch and ${showShape(other.shape)} in another: fused steps need micro-batches padded to the same shapes`,
      );
  const stacked = new (data.constructor as Float32ArrayConstructor)(data.length * values.length);
  values.forEach((value, i) => stacked.set(value.data, i * data.length));
  return { data: stacked, shape: [values.length, ...shape] };
}

function resultsOf(steps: readonly FusedStep[], results: Values, outputs: readonly string[]): FusedResult[] {
  let part = 0;
  return steps.map(({ parts }) => {
    const own = parts.map(() => {
      const values = outputs.map((name) => [name, row(results[stackedOutput(name)]!, part)]);
      part += 1;
      return Object.fromEntries(values) as Values;
    });
    return { norm: results[NORM]!.data[part - 1]!, parts: own };
  });
}

function row({ data, shape: [count, ...shape] }: Value, index: number): Value {
  const size = data.length / count!;
  return { data: data.slice(index * size, (index + 1) * size), shape };
}

const NORM = 'norm';
const stackedOutput = (name: string): string => `output:${name}`;
const stateOutput = (group: string, name: string): string => `${group}/${name}`;

const valuesOf = (group: string, { specs }: TensorSet, results: Values): Record<string, Float32Array> =>
  Object.fromEntries(
    specs.map(({ name }) => [name, results[stateOutput(group, name)]!.data as Float32Array]),
  );

type Tensors = Readonly<Record<string, Tensor>>;

/** What is carried besides the gradient, by its group in `adamwGraph`. */
const carriedGroups = ['parameters', 'firstMoment', 'secondMoment'] as const;

/** The loop: its outputs are the new state as `group/name`, the norms and the stacked outputs of the source. */
function fusedGraph({ outputs, gradients = {} }: ProgramSource, group: string, longest: number): Tensors {
  const specs = Object.entries(gradients).map(([name, { shape }]) => ({ name, shape: shape.map(Number) }));
  const carried = new Carried(specs);
  const sliced = slicer(carried.iteration);
  const step = substitute({ ...prefixed('output', outputs), ...prefixed('gradient', gradients) }, (node) => {
    if (node.op === 'input') return sliced(node.attributes);
    if (node.op !== 'parameter' || node.attributes.group !== group) return undefined;
    return carried.tensor('parameters', node.attributes.name);
  });
  const sums = carried.each(({ name }) => add(carried.tensor('gradients', name), step[`gradient:${name}`]!));
  const { norm, updated, kept } = update(carried, sums, longest);

  const names = Object.keys(outputs);
  const { last, stacked } = carried.loop({ ...updated, ...prefixed('gradients', kept, '/') }, [
    norm,
    ...names.map((name) => step[`output:${name}`]!),
  ]);
  return {
    ...last,
    [NORM]: stacked[0]!,
    ...Object.fromEntries(names.map((name, i) => [stackedOutput(name), stacked[i + 1]!])),
  };
}

/** The slice of a stacked input that an iteration reads. */
function slicer(iteration: Tensor) {
  const index = cast(iteration, 'int32');
  return ({ name, dtype, shape }: { name: string; dtype: DType; shape: Shape }): Tensor =>
    gatherRows(input(name, dtype, [COUNT, ...shape]), index);
}

/** The norm of the gradients so far, the state after them, and what is kept of them for the next micro-batch. */
function update(carried: Carried, sums: Tensors, longest: number) {
  const sliced = slicer(carried.iteration);
  const factor = (name: string) => sliced({ name: factorInput(name), dtype: 'float32', shape: [] });
  const { total } = substitute(sumOfSquaresGraph(carried.specs), (node) =>
    node.op === 'parameter' ? sums[node.attributes.name] : undefined,
  );
  const norm = sqrt(total!);
  const updated = substitute(adamwGraph(carried.specs), (node) => {
    if (node.op === 'parameter') {
      const { group, name } = node.attributes;
      return group === 'gradients' ? sums[name] : carried.tensor(group, name);
    }
    if (node.op !== 'input') return undefined;
    const { name } = node.attributes;
    return name === 'gradientScale' ? clipScale(norm, longest) : factor(name);
  });
  return { norm, updated, kept: carried.each(({ name }) => mul(sums[name]!, factor(KEPT))) };
}

/** The factor that shortens a gradient of this norm to the longest allowed. */
const clipScale = (norm: Tensor, longest: number): Tensor =>
  longest > 0 ? select(less(scalar(longest), norm), div(longest, norm), 1) : scalar(1);

/** The values that the loop carries: what AdamW changes, from the sets, and the gradient, from zero. */
class Carried {
  readonly specs: readonly TensorSpec[];
  readonly iteration = input('micro-batch', 'int64', []);
  readonly #tensors: Tensors;

  constructor(specs: readonly TensorSpec[]) {
    this.specs = specs;
    const tensors = [...carriedGroups, 'gradients'].flatMap((group) =>
      specs.map(({ name, shape }) => [
        `${group}/${name}`,
        input(`carried:${group}/${name}`, 'float32', shape),
      ]),
    );
    this.#tensors = Object.fromEntries(tensors) as Tensors;
  }

  /** As the iteration finds it. */
  tensor(group: string, name: string): Tensor {
    return this.#tensors[stateOutput(group, name)]!;
  }

  each(make: (spec: TensorSpec) => Tensor): Tensors {
    return Object.fromEntries(this.specs.map((spec) => [spec.name, make(spec)]));
  }

  /** `next` by `group/name`; returns the last state under the same names, and the stacked values. */
  loop(next: Tensors, stacked: readonly Tensor[]): { last: Tensors; stacked: readonly Tensor[] } {
    const names = Object.keys(this.#tensors);
    const body: LoopBody = {
      iteration: this.iteration,
      carried: Object.values(this.#tensors),
      next: names.map((name) => next[name]!),
      again: scalar(1, 'bool'),
      stacked,
      steps: COUNT,
    };
    const initial = [
      ...carriedGroups.flatMap((group) => this.specs.map(({ name, shape }) => parameter(group, name, shape))),
      ...this.specs.map(({ shape }) => expand(scalar(0), shape)),
    ];
    const results = loop(input(COUNT, 'int64', []), initial, body);
    const state = names.slice(0, carriedGroups.length * this.specs.length);
    const last = Object.fromEntries(state.map((name, i) => [name, results.carried[i]!]));
    return { last, stacked: results.stacked };
  }
}

const prefixed = (prefix: string, tensors: Tensors, separator = ':'): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [`${prefix}${separator}${name}`, tensor]),
  );

/** Tensors as they are with other leaves: those for which `replacement` gives something. */
function substitute(tensors: Tensors, replacement: (node: Node) => Tensor | undefined): Tensors {
  const made = new Map<Tensor, Tensor>();
  for (const node of topological(Object.values(tensors))) {
    const leaf = replacement(node);
    const outputs = leaf ? [leaf] : rebuilt(node, made);
    node.outputs.forEach((output, i) => made.set(output, outputs[i]!));
  }
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, made.get(tensor)!]));
}

function rebuilt(node: Node, made: ReadonlyMap<Tensor, Tensor>): readonly Tensor[] {
  if (node.inputs.every((x) => made.get(x) === x)) return node.outputs;
  const inputs = node.inputs.map((x) => made.get(x)!);
  return makeNode<Op>(node.op, inputs, node.attributes).outputs;
}
