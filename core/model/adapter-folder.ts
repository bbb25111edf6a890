/** Adapters as PEFT keeps them: `adapter_config.json` and `adapter_model.safetensors`, beside no base weights. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { ModelError } from '../contract/errors.ts';
import { readJson, writeFileAtomic } from '../data/files.ts';
import {
  streamSafetensors,
  writeSafetensors,
  type LateTensor,
  type WriteOptions,
} from '../data/safetensors-writer.ts';
import { showShape } from '../graph/shape.ts';
import type { HeadKind, Lora, Model } from './architecture.ts';
import type { ModelConfig } from './config.ts';
import { families } from './families.ts';
import { adapterParameters, downName } from './lora.ts';
import { ownParameters, scoreBias, scoreWeight } from './parameters.ts';
import { openWeights, type WeightsFile } from './weights.ts';

const CONFIG = 'adapter_config.json';
const WEIGHTS = 'adapter_model.safetensors';
/** What PEFT puts before the name of every module it wraps. */
const WRAPPED = 'base_model.model.';

export const isAdapter = (folder: string): boolean => existsSync(join(folder, CONFIG));

/** The folder of the model below an adapter. */
export const baseFolderOf = (folder: string): string =>
  findBase(folder, readAdapterConfig(folder).base_model_name_or_path);

const absent = z.literal([false, 0]).nullish();

/** What of PEFT's configuration matters here; the rest only trains, or must be as it is by default. */
const AdapterConfig = z.looseObject({
  peft_type: z.literal('LORA'),
  base_model_name_or_path: z.string().min(1),
  r: z.int().positive(),
  lora_alpha: z.number().positive(),
  bias: z.literal('none').default('none'),
  use_rslora: absent,
  use_dora: absent,
  use_qalora: absent,
  use_bdlora: absent,
  alora_invocation_tokens: absent,
  arrow_config: absent,
  kasa_config: absent,
  /** Other beginnings (pissa, olora, corda …) change the weights of the base whenever PEFT opens the adapter. */
  init_lora_weights: z.literal([true, false, 'gaussian', 'eva', 'orthogonal', 'mica']).nullish(),
  rank_pattern: z.record(z.string(), z.never()).nullish(),
  alpha_pattern: z.record(z.string(), z.never()).nullish(),
  /** PEFT lists both names of a classifier's head, whichever the model has. */
  modules_to_save: z.array(z.literal(['score', 'classifier'])).nullish(),
});

/** Opens an adapter and, by `loadBase`, the model below it. */
export function loadAdapter(folder: string, loadBase: (folder: string) => Model): Model {
  const { base_model_name_or_path: named, r: rank, lora_alpha: alpha } = readAdapterConfig(folder);
  const baseFolder = findBase(folder, named);
  const below = loadBase(baseFolder);
  const { config } = below;
  const file = openWeights(folder, WEIGHTS);
  const head: HeadKind = file.has(WRAPPED + scoreWeight) ? 'scalar' : 'language';
  if (head === 'language' && below.head === 'scalar')
    throw new ModelError(
      `the adapter in ${folder} is of a language model, but its base ${baseFolder} is a reward model (it has score.weight); put back the base it was trained on`,
    );
  const adapter: Lora = { rank, alpha, targets: targetsOf(file, config) };
  checkTensors(file, config, adapter);
  const get = (name: string) =>
    file.has(WRAPPED + name)
      ? file.get(WRAPPED + name)
      : name === scoreBias
        ? new Float32Array(1)
        : undefined;
  const base = { folder: baseFolder, head: below.head, weights: below.weights };
  return { config, head, adapter, weights: { get }, base };
}

function readAdapterConfig(folder: string): z.infer<typeof AdapterConfig> {
  const path = join(folder, CONFIG);
  const result = AdapterConfig.safeParse(readJson(path, ModelError));
  if (result.success) return result.data;
  const { path: where, message } = result.error.issues[0]!;
  throw new ModelError(
    `${path}: "${where.join('.')}" is not supported: ${message}; merge the adapter into its base with PEFT and open that`,
  );
}

/** The folder that an adapter names: as it stands, beside the adapter, or where both were moved together. */
function findBase(folder: string, named: string): string {
  const candidates = [named, resolve(folder, named), ...movedWith(folder, named)];
  const found = candidates.find((path) => existsSync(join(path, 'config.json')));
  if (found !== undefined) return resolve(found);
  throw new ModelError(
    `the adapter in ${folder} belongs to "${named}", which is no model folder here; write the folder of its base into base_model_name_or_path of ${CONFIG}`,
  );
}

/** Fewer names at the end of a path say too little of which folder is meant: models of runs are all called so. */
const TELLING = 2;

/** Where what is named would be if it still lay as it did to the adapter: the most of its path first. */
function movedWith(folder: string, named: string): string[] {
  const parts = named.split(/[\\/]/).filter((part) => part !== '');
  const ends = parts.map((_, i) => parts.slice(i)).filter((end) => end.length >= TELLING);
  const above = ancestorsOf(resolve(folder));
  return ends.flatMap((end) => above.map((ancestor) => join(ancestor, ...end)));
}

function ancestorsOf(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...ancestorsOf(above)];
}

/** The layers whose matrices are in the file. */
function targetsOf(file: WeightsFile, config: ModelConfig): string[] {
  const { prefix, block, linears } = families[config.family];
  const names = linears(config).map(({ name }) => name);
  return names.filter((name) => file.has(`${WRAPPED}${downName(`${prefix}${block(0)}${name}`)}`));
}

/** Nothing may be missing and nothing left over: the adapter of a part would compute something else. */
function checkTensors(file: WeightsFile, config: ModelConfig, adapter: Lora): void {
  const { path } = file;
  const expected = new Set([scoreWeight, scoreBias]);
  for (const { name, shape } of adapterParameters(config, adapter)) {
    expected.add(name);
    if (!file.has(WRAPPED + name))
      throw new ModelError(
        `${path} has no tensor '${WRAPPED}${name}', though it adapts other layers alike; merge the adapter into its base with PEFT and open that`,
      );
    const stored = file.shape(WRAPPED + name);
    if (showShape(stored) !== showShape(shape))
      throw new ModelError(
        `${path} has '${name}' as ${showShape(stored)}, but its base asks for ${showShape(shape)}; give the base that it was trained on`,
      );
  }
  const strange = file.names.find((name) => !expected.has(name.replace(WRAPPED, '')));
  if (strange !== undefined || adapter.targets.length === 0)
    throw new ModelError(
      `${path} adapts ${strange === undefined ? 'no layer' : `'${strange}'`}, which is not supported; merge the adapter into its base with PEFT and open that`,
    );
}

/** Writes an adapter folder, which names its base by path. */
export function saveAdapter(
  model: Model,
  folder: string,
  { floats }: Pick<WriteOptions, 'floats'> = {},
): void {
  const tensors = new Map(
    ownParameters(model).map(({ name, shape }) => [
      WRAPPED + name,
      { shape, data: model.weights.get(name)! },
    ]),
  );
  writeSafetensors(join(folder, WEIGHTS), tensors, { ...metadata, ...(floats && { floats }) });
  writeAdapterConfig(model, folder);
}

/** As `saveAdapter`, of tensors that are made one after the other. */
export async function streamAdapter(
  model: Omit<Model, 'weights'>,
  folder: string,
  tensors: ReadonlyMap<string, LateTensor>,
): Promise<void> {
  const wrapped = new Map([...tensors].map(([name, tensor]) => [WRAPPED + name, tensor]));
  await streamSafetensors(join(folder, WEIGHTS), wrapped, metadata);
  writeAdapterConfig(model, folder);
}

const metadata = { metadata: { format: 'pt' } } as const;

function writeAdapterConfig(model: Omit<Model, 'weights'>, folder: string): void {
  const { config, head, adapter, base } = model;
  const json = adapterConfig(config, head, adapter!, base!.folder);
  writeFileAtomic(join(folder, CONFIG), `${JSON.stringify(json, null, 2)}\n`);
}

const adapterConfig = (
  { family }: ModelConfig,
  head: HeadKind,
  { rank, alpha, targets }: Lora,
  baseFolder: string,
) => ({
  peft_type: 'LORA',
  task_type: head === 'scalar' ? 'SEQ_CLS' : 'CAUSAL_LM',
  base_model_name_or_path: baseFolder,
  r: rank,
  lora_alpha: alpha,
  lora_dropout: 0,
  target_modules: targets,
  modules_to_save: head === 'scalar' ? ['score'] : null,
  bias: 'none',
  fan_in_fan_out: families[family].inputsFirst,
  init_lora_weights: true,
  inference_mode: true,
});
