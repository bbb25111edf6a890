import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ModelError } from '../contract/errors.ts';
import { readJson, writeFileAtomic } from '../data/files.ts';
import type { RandomStream } from '../data/random.ts';
import { readSafetensors, readTensorNames, writeSafetensors, type HostTensors } from '../data/safetensors.ts';
import type { Engine, TensorSet } from '../engine/engine.ts';
import { showShape } from '../graph/shape.ts';
import { readConfig, writeConfig, type ModelConfig } from './config.ts';
import { families, type Parameter } from './families.ts';
import { initialScalarHead, parametersOf, scoreBias, scoreWeight, type HeadKind } from './parameters.ts';

export type Weights = ReadonlyMap<string, Float32Array>;

/** A model on the host: what a Hugging Face folder holds beside its tokenizer. */
export interface Model {
  readonly config: ModelConfig;
  readonly head: HeadKind;
  readonly weights: Weights;
}

const CONFIG = 'config.json';
const WEIGHTS = 'model.safetensors';

/** What a model folder holds, without reading its weights. */
export function describeModel(folder: string): Omit<Model, 'weights'> {
  const config = readConfigOf(folder);
  const head = readTensorNames(join(folder, WEIGHTS)).includes(scoreWeight) ? 'scalar' : 'language';
  return { config, head };
}

function readConfigOf(folder: string): ModelConfig {
  if (!existsSync(folder)) throw new ModelError(`${folder} does not exist; give the folder of a model`);
  return readConfig(readJson(join(folder, CONFIG), ModelError), join(folder, CONFIG));
}

/** Reads `config.json` and `model.safetensors`; a file with `score.weight` is a reward or value model. */
export function loadModel(folder: string): Model {
  const config = readConfigOf(folder);
  const path = join(folder, WEIGHTS);
  const { tensors } = readSafetensors(path);
  const head: HeadKind = tensors.has(scoreWeight) ? 'scalar' : 'language';
  // A scalar head as Hugging Face writes it has no bias.
  if (head === 'scalar' && !tensors.has(scoreBias))
    tensors.set(scoreBias, { shape: [1], data: new Float32Array(1) });
  const weights = parametersOf(config, head).map(
    (parameter) => [parameter.name, weightOf(parameter, tensors, config, path)] as const,
  );
  return { config, head, weights: new Map(weights) };
}

function weightOf(
  { name, shape }: Parameter,
  tensors: HostTensors<Float32Array>,
  config: ModelConfig,
  path: string,
): Float32Array {
  const { prefix } = families[config.family];
  // Files saved from the bare trunk lack its prefix.
  const found = tensors.get(name) ?? tensors.get(name.startsWith(prefix) ? name.slice(prefix.length) : name);
  if (!found) throw new ModelError(`${path} has no tensor '${name}', which its ${CONFIG} asks for`);
  if (found.shape.length !== shape.length || found.shape.some((size, axis) => size !== shape[axis]))
    throw new ModelError(
      `${path} has '${name}' as ${showShape(found.shape)}, but its ${CONFIG} asks for ${showShape(shape)}`,
    );
  return found.data;
}

export interface SaveOptions {
  readonly floats?: 'F32' | 'F16';
  /** The ids that generation ends and pads with. */
  readonly tokens?: { readonly eosId: number; readonly padId: number };
}

/** Writes a Hugging Face folder. */
export function saveModel(model: Model, folder: string, { floats = 'F32', tokens }: SaveOptions = {}): void {
  const { config, head, weights } = model;
  mkdirSync(folder, { recursive: true });
  const tensors = new Map(
    parametersOf(config, head).map(({ name, shape }) => [name, { shape, data: weights.get(name)! }]),
  );
  writeSafetensors(join(folder, WEIGHTS), tensors, { metadata: { format: 'pt' }, floats });
  const json = {
    ...writeConfig(config),
    ...(head === 'scalar' && scalarConfig(config)),
    ...(tokens && { eos_token_id: tokens.eosId, pad_token_id: tokens.padId }),
  };
  writeFileAtomic(join(folder, CONFIG), `${JSON.stringify(json, null, 2)}\n`);
}

const sequenceClassifiers = {
  gpt2: 'GPT2ForSequenceClassification',
  llama: 'LlamaForSequenceClassification',
} as const;

const scalarConfig = ({ family }: ModelConfig) => ({
  architectures: [sequenceClassifiers[family]],
  num_labels: 1,
});

/** The trunk of a model under a fresh scalar head: how a reward model starts (InstructGPT, §3.5). */
export function withScalarHead(model: Model, stream: RandomStream): Model {
  const weights = new Map([...model.weights, ...initialScalarHead(model.config, stream)]);
  const names = parametersOf(model.config, 'scalar').map(({ name }) => name);
  return {
    config: model.config,
    head: 'scalar',
    weights: new Map(names.map((name) => [name, weights.get(name)!])),
  };
}

/** Puts a model's weights on the device. */
export async function toDevice(engine: Engine, model: Model): Promise<TensorSet> {
  const set = engine.allocate(parametersOf(model.config, model.head));
  await set.write(Object.fromEntries(model.weights));
  return set;
}

/** The model whose weights are in a set. */
export async function fromDevice(set: TensorSet, { config, head }: Omit<Model, 'weights'>): Promise<Model> {
  return { config, head, weights: new Map(Object.entries(await set.read())) };
}
