/** What a program wants to be given, by its graph. */
import { symbolsOf, type Shape } from '../graph/shape.ts';
import type { DType, Tensor } from '../graph/tensor.ts';
import { topological } from '../graph/walk.ts';
import type { ProgramSource } from './engine.ts';

export interface DeclaredInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

export interface DeclaredParameter {
  readonly group: string;
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'float16';
}

/** Everything the graph as written wants to be given, even where the optimizer finds it is not needed. */
export function sourcesOf(tensors: readonly Tensor[]): {
  inputs: DeclaredInput[];
  parameters: DeclaredParameter[];
} {
  const inputs = new Map<string, DeclaredInput>();
  const parameters = new Map<string, DeclaredParameter>();
  for (const { op, attributes } of topological(tensors)) {
    if (op === 'input') inputs.set(attributes.name, attributes);
    if (op === 'parameter')
      parameters.set(`${attributes.group}/${attributes.name}`, {
        ...attributes,
        shape: attributes.shape.map(Number),
      });
  }
  return { inputs: [...inputs.values()], parameters: [...parameters.values()] };
}

/** The symbols to which the shapes of the inputs give values, by the rule of `bindShape`. */
export function learnedSymbols(inputs: readonly DeclaredInput[]): Set<string> {
  const known = new Set<string>();
  const dims = inputs.flatMap(({ shape }) => shape);
  for (let before = -1; before < known.size;) {
    before = known.size;
    for (const dim of dims) {
      const unknown = symbolsOf([dim]).filter((symbol) => !known.has(symbol));
      if (unknown.length === 1) known.add(unknown[0]!);
    }
  }
  return known;
}

/** A program by what it computes, since it has no name of its own. */
export const describeProgram = ({ outputs, gradients = {} }: ProgramSource): string =>
  [...Object.keys(outputs), ...Object.keys(gradients)]
    .slice(0, 2)
    .map((name) => `'${name}'`)
    .join(' and ');
