import { EngineError } from '../contract/errors.ts';
import { bindShape, showShape } from '../graph/shape.ts';
import type { Feeds, Value } from './engine.ts';
import type { DeclaredInput } from './sources.ts';

/** Checks that exactly the inputs of a program are fed, each with as many values of its type as its shape says. */
export function checkFeeds(inputs: ReadonlyMap<string, DeclaredInput>, feeds: Feeds): void {
  for (const name of Object.keys(feeds))
    if (!inputs.has(name)) throw new EngineError(`the program has no input '${name}'`);
  for (const input of inputs.values()) checkFeed(input, feeds[input.name]);
}

function checkFeed({ name, dtype }: DeclaredInput, value: Value | undefined): void {
  if (!value) throw new EngineError(`the program needs the input '${name}'`);
  const { data, shape } = value;
  const size = shape.reduce((total, dim) => total * dim, 1);
  if (data.length !== size)
    throw new EngineError(`'${name}' has ${data.length} values for the shape ${showShape(shape)}`);
  if ((dtype === 'float32' || dtype === 'float16') !== data instanceof Float32Array)
    throw new EngineError(`'${name}' takes ${dtype} values, not those of a ${data.constructor.name}`);
}

/** The value of every symbol; a shape may need another's symbols first, hence the rounds. */
export function bindSymbols(inputs: Iterable<DeclaredInput>, feeds: Feeds): ReadonlyMap<string, number> {
  const declared = [...inputs];
  const symbols = new Map<string, number>();
  for (let before = -1; before < symbols.size;) {
    before = symbols.size;
    for (const { name, shape } of declared) bindShape(name, shape, feeds[name]!.shape, symbols);
  }
  for (const [symbol, value] of symbols)
    if (!Number.isInteger(value)) throw new EngineError(`the fed shapes make '${symbol}' ${value}`);
  return symbols;
}
