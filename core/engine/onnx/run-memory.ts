/**
 * What a run of a program allocates and frees, in ONNX Runtime's order. Sizes are those of the tensors that its values
 * stand for, once fed shapes have given the symbols theirs; what the runtime's own optimizer fuses is not known here.
 */
import { bindShape, evaluate, type Dim, type Shape } from '../../graph/shape.ts';
import type { DType, NodeOf, Tensor } from '../../graph/tensor.ts';
import type { Feeds, ProgramSource, Provider, TensorSpec } from '../engine.ts';
import { bindSymbols } from '../feeds.ts';
import { write, type Written } from './lower.ts';
import type { GraphProto, NodeProto } from './proto.ts';
import { planOf, type MemoryPlan, type MemoryStep } from './memory-plan.ts';

/** Hands out room as a provider's allocator does. */
export interface Allocator<Block = unknown> {
  allocate(bytes: number): Block;
  free(block: Block): void;
}

type Symbols = Map<string, number>;

export const elementBytes: Readonly<Record<DType, number>> = {
  float32: 4,
  float16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
};

export class RunMemory {
  readonly #written: Written;
  readonly #plan: MemoryPlan;
  /** Results that stay on the device. */
  readonly #stay: ReadonlySet<string>;

  /** `resident` results are written where a set has them already, so a run has no room to make for them. */
  constructor(source: ProgramSource, provider: Provider, resident: boolean) {
    this.#written = write(source, provider);
    const sums = new Set(this.#written.gradients.flatMap(({ dense }) => dense ?? []));
    this.#stay = provider === 'webgpu' ? sums : new Set();
    this.#plan = planOf(this.#written.graph, resident ? sums : new Set());
  }

  get inputs(): Written['inputs'] {
    return this.#written.inputs;
  }

  get derived(): Written['derived'] {
    return this.#written.derived;
  }

  /** The gradients that a run writes whole, and adds to what a set holds. */
  get summed(): TensorSpec[] {
    return this.#written.gradients.filter(({ dense }) => dense !== undefined);
  }

  /** Bytes of the parameters that a run reads. */
  get read(): number {
    const bytes = this.#written.parameters.map(({ shape, dtype }) => elements(shape) * elementBytes[dtype]);
    return bytes.reduce((total, size) => total + size, 0);
  }

  /** Nodes, those of loop bodies too. */
  get nodes(): number {
    return countNodes(this.#plan);
  }

  /** Whether it has a loop. */
  get loops(): boolean {
    return this.#plan.steps.some(({ body }) => body !== undefined);
  }

  /** Bytes of the constants stored in the program. */
  get constants(): number {
    return constantBytes(this.#written.graph);
  }

  /** Bytes of everything that a run gives to the host. */
  returned(feeds: Feeds): number {
    const run = new Replay(this.#written.tensors, feeds, nowhere);
    const symbols = this.symbols(feeds);
    const names = this.#written.graph.output.map(({ name }) => name).filter((name) => !this.#stay.has(name));
    return names.reduce((total, name) => total + run.bytes(name, symbols), 0);
  }

  /** The shape of every output of the program. */
  outputs(
    feeds: Feeds,
  ): { readonly name: string; readonly dtype: DType; readonly shape: readonly number[] }[] {
    const symbols = this.symbols(feeds);
    return this.#written.outputs.map(({ name, value }) => {
      const tensor = this.#written.tensors.get(value)!;
      return { name, dtype: tensor.dtype, shape: shapeOf(tensor, symbols) };
    });
  }

  /** The sizes of a run, with those of what its loops leave. */
  symbols(feeds: Feeds): Symbols {
    const symbols = new Map(bindSymbols(this.#written.inputs, feeds));
    for (const { node } of this.#written.tensors.values())
      if (node.op === 'loop') symbols.set(node.attributes.body.steps, fedNumber(node.inputs[0]!, feeds));
    return symbols;
  }

  /** Allocates and frees as a run with these feeds does; returns once all of it is free again. */
  replay<Block>(feeds: Feeds, allocator: Allocator<Block>): void {
    const run = new Replay(this.#written.tensors, feeds, allocator);
    const results = run.graph(this.#plan, this.symbols(feeds));
    results.forEach((block) => allocator.free(block));
  }
}

const nowhere: Allocator<undefined> = { allocate: () => undefined, free: () => undefined };

const countNodes = ({ steps }: MemoryPlan): number =>
  steps.reduce((total, { body }) => total + 1 + (body ? countNodes(body) : 0), 0);

const constantBytes = ({ initializer, node }: GraphProto): number =>
  initializer.reduce((total, { rawData }) => total + rawData.byteLength, 0) +
  node.reduce(
    (total, { attribute }) => total + attribute.reduce((sum, { g }) => sum + (g ? constantBytes(g) : 0), 0),
    0,
  );

/** One run: where the values are that have room now. */
class Replay<Block> {
  readonly #tensors: Written['tensors'];
  readonly #feeds: Feeds;
  readonly #allocator: Allocator<Block>;
  /** Shapes of values that stand for no tensor of the graph. */
  readonly #shapes = new Map<string, number[]>();

  constructor(tensors: Written['tensors'], feeds: Feeds, allocator: Allocator<Block>) {
    this.#tensors = tensors;
    this.#feeds = feeds;
    this.#allocator = allocator;
  }

  /** Runs the steps of a graph, and gives the blocks of its results by their owners. */
  graph({ steps, kept }: MemoryPlan, symbols: Symbols): Map<string, Block> {
    const blocks = new Map<string, Block>();
    for (const step of steps) {
      const made = step.body ? this.#loop(step, step.body, symbols) : this.#node(step, symbols);
      made.forEach((block, name) => blocks.set(name, block));
      for (const name of step.frees) {
        const block = blocks.get(name);
        if (blocks.delete(name)) this.#allocator.free(block as Block);
      }
    }
    return new Map([...blocks].filter(([name]) => kept.has(name)));
  }

  bytes(name: string, symbols: Symbols): number {
    const tensor = this.#tensors.get(name);
    const shape = tensor ? shapeOf(tensor, symbols) : (this.#shapes.get(name) ?? []);
    return elements(shape) * elementBytes[tensor?.dtype ?? 'float32'];
  }

  #node({ node, makes }: MemoryStep, symbols: Symbols): Map<string, Block> {
    for (const name of node.output)
      if (!this.#tensors.has(name)) this.#shapes.set(name, this.#unnamedShape(node, symbols));
    return new Map(makes.map((name) => [name, this.#allocator.allocate(this.bytes(name, symbols))]));
  }

  /** As ONNX's shape inference, for the few nodes that lowering adds on its own account. */
  #unnamedShape({ opType, input, attribute }: NodeProto, symbols: Symbols): number[] {
    const shapes = input.map((name) => {
      const tensor = this.#tensors.get(name);
      return tensor ? shapeOf(tensor, symbols) : (this.#shapes.get(name) ?? []);
    });
    const [a = [], b = []] = shapes;
    if (reducing.has(opType)) return [];
    if (opType === 'Transpose') return attribute[0]!.ints!.map((axis) => a[axis]!);
    if (opType === 'MatMul') return [...a.slice(0, -1), b.at(-1)!];
    // Of few rows, which stand second: see the lowering of a product.
    if (opType === 'FusedMatMul') return [...a.slice(0, -1), b.at(-2)!];
    return shapes.reduce((largest, shape) => (elements(shape) > elements(largest) ? shape : largest), []);
  }

  /** Iteration after iteration: what one leaves the next begins with, and then lets go of. */
  #loop({ node, makes }: MemoryStep, body: MemoryPlan, symbols: Symbols): Map<string, Block> {
    const tensor = this.#tensors.get(node.output.find((name) => this.#tensors.has(name))!)!;
    const { inputs, attributes } = tensor.node as NodeOf<'loop'>;
    const { carried, next } = attributes.body;
    let shapes = inputs.slice(1).map((x) => shapeOf(x, symbols));
    let left = new Map<string, Block>();
    const iterations = fedNumber(inputs[0]!, this.#feeds);
    const inner = new Map(symbols);
    for (let i = 0; i < iterations; i++) {
      // Sizes that grow are another's in every iteration.
      for (const symbol of inner.keys()) if (!symbols.has(symbol)) inner.delete(symbol);
      carried.forEach(({ shape }, k) => bindShape(`carried value ${k}`, shape, shapes[k]!, inner));
      const results = this.graph(body, inner);
      left.forEach((block) => this.#allocator.free(block));
      left = results;
      shapes = next.map((x) => shapeOf(x, inner));
    }
    inner.forEach((value, symbol) => symbols.set(symbol, value));
    left.forEach((block) => this.#allocator.free(block));
    return new Map(makes.map((name) => [name, this.#allocator.allocate(this.bytes(name, symbols))]));
  }
}

/** The number that a scalar comes from that was fed. */
function fedNumber({ node }: Tensor, feeds: Feeds): number {
  return node.op === 'input' ? feeds[node.attributes.name]!.data[0]! : fedNumber(node.inputs[0]!, feeds);
}

const reducing: ReadonlySet<string> = new Set(['Slice', 'ReduceMax', 'ReduceMin', 'ArgMax']);

const elements = (shape: readonly number[]): number => shape.reduce((total, dim) => total * dim, 1);

function shapeOf(tensor: Tensor, symbols: Symbols): number[] {
  learn(tensor, symbols);
  return tensor.shape.map((dim) => evaluate(dim, symbols));
}

/** Sizes that no fed shape gives: of rotary tables, of what is joined, and of what is cut off. */
function learn({ node, shape }: Tensor, symbols: Symbols): void {
  if (node.op === 'rotaryTable') {
    const { name, spans } = node.attributes;
    symbols.set(
      name,
      spans.map((span) => evaluate(span, symbols)).reduce((total, span) => total + span, 0),
    );
    return;
  }
  if (node.op !== 'concat' && node.op !== 'slice') return;
  const { axis, dim } = node.attributes;
  if (typeof dim === 'number' || symbols.has(dim)) return;
  const known = (x: Dim) => evaluate(x, symbols);
  const sizes = node.inputs.map((x) => shapeOf(x, symbols)[axis]!);
  const size =
    node.op === 'concat'
      ? sizes.reduce((total, part) => total + part, 0)
      : (node.attributes.end === null ? sizes[0]! : known(node.attributes.end)) -
        known(node.attributes.start);
  bindShape(node.op, [shape[axis]!] satisfies Shape, [size], symbols);
}
