import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ModelError } from '../contract/errors.ts';
import { readJson, writeFileAtomic } from '../data/files.ts';
import type { RandomStream } from '../data/random.ts';
import { streamSafetensors, writeSafetensors } from '../data/safetensors.ts';
import { showShape } from '../graph/shape.ts';
import { isAdapter, loadAdapter, saveAdapter, streamAdapter } from './adapter-folder.ts';
import type { Architecture, HeadKind, Lora, Model, Weights } from './architecture.ts';
import { readConfig, writeConfig } from './config-file.ts';
import type { ModelConfig } from './config.ts';
import { families, type Parameter } from './families.ts';
import { initialAdapter, mergedWeight, adaptedLayers, downName, upName } from './lora.ts';
import { initialScalarHead, ownParameters, parametersOf, scoreBias, scoreWeight } from './parameters.ts';
import { openWeights, WEIGHTS, type WeightsFile } from './weights.ts';

const CONFIG = 'config.json';

/** What a model folder holds, without reading its weights. */
export function describeModel(folder: string): Architecture {
  const { config, head, adapter } = loadModel(folder);
  return { config, head, ...(adapter && { adapter }) };
}

/**
 * Opens a model folder: `config.json` and weights, or an adapter in PEFT's layout and the folder of its base. A file
 * with `score.weight` is a reward or value model. Every tensor's shape is checked; none is read yet.
 */
export function loadModel(folder: string): Model {
  if (!existsSync(folder)) throw new ModelError(`${folder} does not exist; give the folder of a model`);
  return isAdapter(folder) ? loadAdapter(folder, loadFull) : loadFull(folder);
}

function loadFull(folder: string): Model {
  const path = join(folder, CONFIG);
  const config = readConfig(readJson(path, ModelError), path);
  const file = openWeights(folder);
  const head: HeadKind = file.has(scoreWeight) ? 'scalar' : 'language';
  const found = new Map(
    parametersOf(config, head).flatMap((parameter) => {
      const name = nameInFile(parameter, file, config);
      return name === undefined ? [] : [[parameter.name, name] as const];
    }),
  );
  // A scalar head as Hugging Face writes it has no bias.
  const get = (name: string) => (found.has(name) ? file.get(found.get(name)!) : new Float32Array(1));
  return { config, head, weights: { get } };
}

/** A parameter's name in its file; undefined for the one that may be missing. */
function nameInFile(
  { name, shape }: Parameter,
  file: WeightsFile,
  { family }: ModelConfig,
): string | undefined {
  const { prefix } = families[family];
  // Files saved from the bare trunk lack its prefix.
  const bare = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  const found = [name, bare].find((candidate) => file.has(candidate));
  if (found === undefined && name === scoreBias) return undefined;
  if (found === undefined)
    throw new ModelError(
      `${file.path} has no tensor '${name}', which its ${CONFIG} asks for; give the weights that belong to it`,
    );
  const stored = file.shape(found);
  if (stored.length !== shape.length || stored.some((size, axis) => size !== shape[axis]))
    throw new ModelError(
      `${file.path} has '${name}' as ${showShape(stored)}, but its ${CONFIG} asks for ${showShape(shape)}; give the weights that belong to it`,
    );
  return found;
}

export interface SaveOptions {
  readonly floats?: 'F32' | 'F16';
  /** The ids that generation ends and pads with. */
  readonly tokens?: { readonly eosId: number; readonly padId: number };
}

/** Writes a Hugging Face folder: of a model with an adapter the adapter alone, in PEFT's layout. */
export function saveModel(model: Model, folder: string, { floats = 'F32', tokens }: SaveOptions = {}): void {
  mkdirSync(folder, { recursive: true });
  if (model.adapter) return saveAdapter(model, folder, { floats });
  const { config, head, weights } = model;
  const tensors = new Map(
    parametersOf(config, head).map(({ name, shape }) => [name, { shape, data: weights.get(name)! }]),
  );
  writeSafetensors(join(folder, WEIGHTS), tensors, { metadata: { format: 'pt' }, floats });
  writeModelConfig(model, folder, tokens && { tokens });
}

/** A model whose weights may be made when they are asked for. */
export type LateModel = Omit<Model, 'weights'> & {
  readonly weights: { get(name: string): ReturnType<Weights['get']> | Promise<ReturnType<Weights['get']>> };
};

/** As `saveModel`, a tensor at a time. */
export async function streamModel(
  model: LateModel,
  folder: string,
  { tokens }: Pick<SaveOptions, 'tokens'> = {},
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const tensors = new Map(
    ownParameters(model).map(({ name, shape }) => {
      const data = async () => (await model.weights.get(name))!;
      return [name, { shape, data }];
    }),
  );
  if (model.adapter) return streamAdapter(model, folder, tensors);
  await streamSafetensors(join(folder, WEIGHTS), tensors, { metadata: { format: 'pt' } });
  writeModelConfig(model, folder, tokens && { tokens });
}

/** Writes `config.json` alone. */
function writeModelConfig(
  { config, head }: Architecture,
  folder: string,
  { tokens }: Pick<SaveOptions, 'tokens'> = {},
): void {
  const json = {
    ...writeConfig(config, head),
    ...(tokens && { eos_token_id: tokens.eosId, pad_token_id: tokens.padId }),
  };
  writeFileAtomic(join(folder, CONFIG), `${JSON.stringify(json, null, 2)}\n`);
}

/** Weights with some of them replaced. */
export const withWeights = (weights: Weights, replaced: ReadonlyMap<string, Float32Array>): Weights => ({
  get: (name) => replaced.get(name) ?? weights.get(name),
});

/** The same model under a fresh scalar head: how a reward model starts (InstructGPT, §3.5). */
export function withScalarHead(model: Model, stream: RandomStream): Model {
  const head = initialScalarHead(model.config, stream);
  return { ...model, head: 'scalar', weights: withWeights(model.weights, head) };
}

/** A full model, from `folder`, under an adapter that changes nothing yet. */
export function withAdapter(model: Model, folder: string, adapter: Lora, stream: RandomStream): Model {
  const { config, head } = model;
  return {
    ...{ config, head, adapter },
    weights: withWeights(model.weights, initialAdapter(config, adapter, stream)),
    base: { folder, head, weights: model.weights },
  };
}

/** A model whose adapter is added to its weights, layer by layer as they are read. */
export function merged(model: Model): Model {
  const { config, head, adapter, weights, base } = model;
  if (!adapter) return model;
  const adapters = new Map(adaptedLayers(config, adapter).map(([layer]) => [`${layer}.weight`, layer]));
  const get = (name: string): Float32Array | undefined => {
    const layer = adapters.get(name);
    if (layer !== undefined)
      return mergedWeight(model, base!.weights.get(name)!, [
        weights.get(downName(layer))!,
        weights.get(upName(layer))!,
      ]);
    return name === scoreWeight || name === scoreBias ? weights.get(name) : base!.weights.get(name);
  };
  return { config, head, weights: { get } };
}

/** A model's own parameters, all read. */
export const readWeights = (model: Model): Map<string, Float32Array> =>
  new Map(ownParameters(model).map(({ name }) => [name, model.weights.get(name)!]));

/** A model that no longer depends on the files of its own parameters. */
export const inMemory = (model: Model): Model => ({ ...model, weights: readWeights(model) });

export type { Model, Weights };
