/** Dropout masks, made on the host and fed: 0 at the dropped share, elsewhere the factor that keeps the mean. */
import type { RandomStream } from '../data/random.ts';
import type { Feeds, ProgramSource } from '../engine/engine.ts';
import { evaluate, type Shape } from '../graph/shape.ts';
import { topological } from '../graph/walk.ts';
import { float32 } from './sequences.ts';

/** The share that is dropped of what each sublayer adds to the residual stream, and of what each adapter reads. */
export interface DropoutRates {
  readonly residual: number;
  readonly adapter: number;
}

/** A mask that a training step asks for: an input named `dropout.<kind>.<place>`. */
export interface DropoutMask {
  readonly name: string;
  readonly shape: Shape;
  readonly kind: keyof DropoutRates;
}

/** The masks of a step, in the order of its forward pass. */
export function masksOf({ outputs }: ProgramSource): DropoutMask[] {
  return topological(Object.values(outputs)).flatMap((node): DropoutMask[] => {
    if (node.op !== 'input') return [];
    const { name, shape } = node.attributes;
    const kind = /^dropout\.(residual|adapter)\./.exec(name)?.[1] as keyof DropoutRates | undefined;
    return kind ? [{ name, shape, kind }] : [];
  });
}

/** Every mask of a step, drawn from one stream; `symbols` give the sizes that shapes are made of. */
export function feedDropout(
  stream: RandomStream,
  masks: readonly DropoutMask[],
  symbols: Readonly<Record<string, number>>,
  rates: DropoutRates,
): Feeds {
  const values = new Map(Object.entries(symbols));
  return Object.fromEntries(
    masks.map(({ name, shape, kind }) => {
      const sizes = shape.map((dim) => evaluate(dim, values));
      const count = sizes.reduce((total, size) => total * size, 1);
      return [name, float32(dropoutMask(stream, count, rates[kind]), sizes)];
    }),
  );
}

/** The sizes that the shapes of a batch's masks are made of: only the product of batch and length occurs. */
export const sizesOf = ({ ids, rows }: Feeds): Record<string, number> => ({
  batch: ids!.data.length,
  length: 1,
  rows: rows!.data.length,
});

/** One random byte an element: the rate is met to 1/256, and the mean exactly. */
function dropoutMask(stream: RandomStream, count: number, rate: number): Float32Array {
  const threshold = Math.round(rate * 256);
  const kept = 256 / (256 - threshold);
  const mask = new Float32Array(count);
  for (let i = 0; i < count; i += 4) {
    const bits = stream.bits();
    for (let byte = 0; byte < 4; byte++)
      if (((bits >>> (8 * byte)) & 255) >= threshold) mask[i + byte] = kept;
  }
  return mask;
}
