import { GraphError } from '../contract/errors.ts';

/**
 * One dimension: a number, or a product of symbols such as `batch`, `batch*length` or `4*batch`. Symbols get
 * their values from the tensors fed at run time, so one program serves every batch size and length.
 */
export type Dim = number | string;
export type Shape = readonly Dim[];

interface Monomial {
  factor: number;
  symbols: string[];
}

function parse(dim: Dim): Monomial {
  if (typeof dim === 'number') return { factor: dim, symbols: [] };
  const parts = dim.split('*');
  const numbers = parts.filter((part) => /^\d+$/.test(part)).map(Number);
  return {
    factor: numbers.reduce((a, b) => a * b, 1),
    symbols: parts.filter((part) => !/^\d+$/.test(part)).sort(),
  };
}

function render({ factor, symbols }: Monomial): Dim {
  if (symbols.length === 0 || factor === 0) return factor;
  return [...(factor === 1 ? [] : [String(factor)]), ...symbols].join('*');
}

/** The product of dimensions in canonical form, so that equal products are equal strings. */
export function product(dims: Shape): Dim {
  const parts = dims.map(parse);
  return render({
    factor: parts.reduce((total, part) => total * part.factor, 1),
    symbols: parts.flatMap((part) => part.symbols).sort(),
  });
}

/** The symbols that occur in a shape. */
export function symbolsOf(shape: Shape): string[] {
  return [...new Set(shape.flatMap((dim) => parse(dim).symbols))];
}

/** The value of a dimension once every symbol has one. */
export function evaluate(dim: Dim, values: ReadonlyMap<string, number>): number {
  const { factor, symbols } = parse(dim);
  return symbols.reduce((total, symbol) => {
    const value = values.get(symbol);
    if (value === undefined) throw new GraphError(`dimension '${symbol}' has no value in this run`);
    return total * value;
  }, factor);
}

/**
 * Learns symbol values by matching a declared shape against the shape of a fed tensor. A dimension teaches the one
 * symbol of it that has no value yet; call again after other shapes where one has several.
 */
export function bindShape(
  name: string,
  declared: Shape,
  actual: readonly number[],
  values: Map<string, number>,
): void {
  const mismatch = () =>
    new GraphError(`'${name}' is ${showShape(declared)} in the graph but was fed ${showShape(actual)}`);
  if (declared.length !== actual.length) throw mismatch();
  declared.forEach((dim, axis) => {
    const { factor, symbols } = parse(dim);
    const unknown = symbols.filter((symbol) => !values.has(symbol));
    const known = product([factor, ...symbols.filter((symbol) => values.has(symbol))]);
    const divisor = evaluate(known, values);
    if (unknown.length === 1) values.set(unknown[0]!, divisor === 0 ? 0 : actual[axis]! / divisor);
    if (unknown.length <= 1 && evaluate(dim, values) !== actual[axis]) throw mismatch();
  });
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** The shape two operands broadcast to (NumPy rules), or undefined where they do not fit. */
export function broadcast(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const result: Dim[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const x = a[axis - rank + a.length] ?? 1;
    const y = b[axis - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return undefined;
    result.push(x === 1 ? y : x);
  }
  return result;
}

export function showShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}
