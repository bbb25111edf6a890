import { bodyResults } from './build.ts';
import { showShape } from './shape.ts';
import type { Node, Tensor } from './tensor.ts';
import { topological } from './walk.ts';

/**
 * A graph as text, one node a line in the order of execution, with names that depend only on that order:
 *
 *     %2: float32 [batch, 3] = matmul(%0, weight) transposeB
 *     return loss = %2
 */
export function print(outputs: Record<string, Tensor>): string {
  return new Printer().graph(outputs, '').join('\n');
}

class Printer {
  readonly #names = new Map<Tensor, string>();
  #next = 0;

  graph(outputs: Record<string, Tensor>, indent: string): string[] {
    const lines = this.#nodes(Object.values(outputs), indent);
    const results = Object.entries(outputs).map(([name, tensor]) => `${name} = ${this.#name(tensor)}`);
    return [...lines, `${indent}return ${results.join(', ')}`];
  }

  #nodes(results: readonly Tensor[], indent: string): string[] {
    return topological(results)
      .filter(({ outputs }) => !this.#names.has(outputs[0]!))
      .flatMap((node) => this.#node(node, indent));
  }

  #node(node: Node, indent: string): string[] {
    const inputs = node.inputs.map((x) => this.#name(x)).join(', ');
    const results = node.outputs.map(
      (output) => `${this.#name(output)}: ${output.dtype} ${showShape(output.shape)}`,
    );
    const line = `${indent}${results.join(', ')} = ${node.op}(${inputs})${showAttributes(node)}`;
    return node.op === 'loop' ? [line, ...this.#body(node, `${indent}  `)] : [line];
  }

  #body({ attributes: { body } }: Node & { op: 'loop' }, indent: string): string[] {
    const header = [body.iteration, ...body.carried].map((tensor) => this.#name(tensor)).join(', ');
    const lines = this.#nodes(bodyResults(body), indent);
    const results = bodyResults(body).map((tensor) => this.#name(tensor));
    return [`${indent}each ${header}`, ...lines, `${indent}next ${results.join(', ')}`];
  }

  #name(tensor: Tensor): string {
    const existing = this.#names.get(tensor);
    if (existing) return existing;
    const name = sourceName(tensor.node) ?? `%${this.#next++}`;
    this.#names.set(tensor, name);
    return name;
  }
}

function sourceName(node: Node): string | undefined {
  if (node.op === 'input') return node.attributes.name;
  if (node.op === 'parameter') return `${node.attributes.group}/${node.attributes.name}`;
  if (node.op === 'scalar') return String(Math.fround(node.attributes.value));
  return undefined;
}

function showAttributes(node: Node): string {
  if (node.op === 'loop' || sourceName(node) !== undefined) return '';
  return Object.entries(node.attributes)
    .filter(([name, value]) => value !== false && !(name === 'scale' && value === 1))
    .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}=${showValue(value)}`))
    .join('');
}

function showValue(value: unknown): string {
  if (value instanceof Float32Array) return `float32(${value.length})`;
  return Array.isArray(value) ? showShape(value as number[]) : String(value);
}
