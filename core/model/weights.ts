/** The weights of a model folder: one safetensors file, or shards of it under an index. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { ModelError } from '../contract/errors.ts';
import { readJson } from '../data/files.ts';
import { SafetensorsFile } from '../data/safetensors.ts';
import { refuseOtherFormats, refuseQuantised } from './other-formats.ts';

/** Float tensors by name, each read from the disk when it is asked for and never kept. */
export interface WeightsFile {
  /** The file, or the index of its shards: what errors name. */
  readonly path: string;
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  has(name: string): boolean;
  shape(name: string): readonly number[];
  /** As float32. Throws a `ModelError` where there is no such tensor, or its file has been replaced. */
  get(name: string): Float32Array;
}

/** The file of a model's weights, where they are in one. */
export const WEIGHTS = 'model.safetensors';

/**
 * Reads the headers of `model.safetensors`, or of every shard that `model.safetensors.index.json` names. Throws a
 * `ModelError` where weights are missing, not whole, or of a format that is not read: with what to do instead.
 */
export function openWeights(folder: string, file = WEIGHTS): WeightsFile {
  refuseQuantised(folder);
  const index = join(folder, indexOf(file));
  if (existsSync(join(folder, file))) return new Shards(join(folder, file), [join(folder, file)]);
  if (existsSync(index)) return openShards(folder, index);
  refuseOtherFormats(folder);
  return new Shards(join(folder, file), [join(folder, file)]);
}

/** The name of the index of a file that is kept in shards. */
export const indexOf = (file: string): string => `${file}.index.json`;

const Index = z.looseObject({
  weight_map: z.record(
    z.string(),
    z.string().refine((name) => name !== '' && basename(name) === name, { error: 'is no name of a file' }),
  ),
});

function openShards(folder: string, index: string): WeightsFile {
  const { data, error } = Index.safeParse(readJson(index, ModelError));
  if (error) {
    const { path, message } = error.issues[0]!;
    throw new ModelError(`${index} is malformed: "${path.join('.')}" ${message}`);
  }
  const names = [...new Set(Object.values(data.weight_map))].sort();
  const missing = names.find((name) => !existsSync(join(folder, name)));
  if (missing !== undefined)
    throw new ModelError(`${index} names the shard ${missing}, which is not in ${folder}; copy it there`);
  const shards = new Shards(
    index,
    names.map((name) => join(folder, name)),
  );
  for (const [tensor, shard] of Object.entries(data.weight_map))
    shards.requireIn(tensor, join(folder, shard));
  return shards;
}

class Shards implements WeightsFile {
  readonly path: string;
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly #floats: ReadonlySet<string>;
  readonly #shards = new Map<string, SafetensorsFile>();

  constructor(path: string, files: readonly string[]) {
    const shards = files.map((file) => new SafetensorsFile(file));
    for (const shard of shards) this.#add(shard);
    this.path = path;
    this.names = shards.flatMap(({ floats }) => floats);
    this.#floats = new Set(this.names);
    this.metadata = Object.assign({}, ...shards.map(({ metadata }) => metadata)) as Record<string, string>;
  }

  has(name: string): boolean {
    return this.#floats.has(name);
  }

  shape(name: string): readonly number[] {
    return this.#shardOf(name).shape(name);
  }

  get(name: string): Float32Array {
    return this.#shardOf(name).read(name) as Float32Array;
  }

  /** Throws where an index says that a tensor is in a file that has none of that name. */
  requireIn(name: string, file: string): void {
    if (this.#shards.get(name)?.path !== file)
      throw new ModelError(
        `${this.path} says that ${file} holds '${name}', but it does not; copy both again`,
      );
  }

  #add(shard: SafetensorsFile): void {
    for (const name of shard.names) {
      const other = this.#shards.get(name);
      if (other)
        throw new ModelError(`${other.path} and ${shard.path} both hold '${name}'; remove one of them`);
      this.#shards.set(name, shard);
    }
  }

  #shardOf(name: string): SafetensorsFile {
    if (this.#floats.has(name)) return this.#shards.get(name)!;
    throw new ModelError(`${this.path} has no tensor '${name}' of floats`);
  }
}
