/** Weights as transformers saves them: one file, or shards of a size and an index of what is in which. */
import { join } from 'node:path';
import { writeFileAtomic } from '../data/files.ts';
import { streamSafetensors, type FloatDtype, type LateTensor } from '../data/safetensors-writer.ts';
import { elements } from './parameters.ts';
import { indexOf, WEIGHTS } from './weights.ts';

type Tensors = ReadonlyMap<string, LateTensor>;

export interface ShardOptions {
  readonly floats: FloatDtype;
  /** Most bytes of a file; a tensor that is larger has a file of its own. */
  readonly maxBytes: number;
}

const bytesOf: Record<FloatDtype, number> = { F32: 4, F16: 2, BF16: 2 };

/** Bytes that a tensor takes in a file. */
export const storedBytes = ({ shape }: Pick<LateTensor, 'shape'>, floats: FloatDtype): number =>
  elements(shape) * bytesOf[floats];

/** Writes tensors in their order, each made when its turn comes. */
export async function writeShards(
  folder: string,
  tensors: Tensors,
  { floats, maxBytes }: ShardOptions,
): Promise<void> {
  const shards = partition(tensors, floats, maxBytes);
  const options = { metadata: { format: 'pt' }, floats };
  for (const [i, shard] of shards.entries())
    await streamSafetensors(join(folder, nameOf(i, shards.length)), shard, options);
  if (shards.length > 1) writeIndex(folder, shards, floats);
}

function partition(tensors: Tensors, floats: FloatDtype, maxBytes: number): Map<string, LateTensor>[] {
  const shards = [new Map<string, LateTensor>()];
  let room = maxBytes;
  for (const [name, tensor] of tensors) {
    const bytes = storedBytes(tensor, floats);
    if (bytes > room && shards.at(-1)!.size > 0) {
      shards.push(new Map());
      room = maxBytes;
    }
    shards.at(-1)!.set(name, tensor);
    room -= bytes;
  }
  return shards;
}

function nameOf(index: number, count: number): string {
  if (count === 1) return WEIGHTS;
  const number = (n: number) => String(n).padStart(5, '0');
  return WEIGHTS.replace('.', `-${number(index + 1)}-of-${number(count)}.`);
}

function writeIndex(folder: string, shards: readonly Tensors[], floats: FloatDtype): void {
  const all = shards.flatMap((shard, i) =>
    [...shard].map(([name, tensor]) => ({ name, file: nameOf(i, shards.length), tensor })),
  );
  const index = {
    metadata: { total_size: all.reduce((sum, { tensor }) => sum + storedBytes(tensor, floats), 0) },
    weight_map: Object.fromEntries(all.map(({ name, file }) => [name, file])),
  };
  writeFileAtomic(join(folder, indexOf(WEIGHTS)), `${JSON.stringify(index, null, 2)}\n`);
}
