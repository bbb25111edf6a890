/** Models in the formats that others read: folders of transformers and of PEFT. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ModelError } from '../contract/errors.ts';
import { createFolder, requireFree } from '../data/files.ts';
import type { FloatDtype, LateTensor } from '../data/safetensors-writer.ts';
import { saveAdapter } from './adapter-folder.ts';
import {
  exportConfig,
  exportGeneration,
  exportTokenizer,
  hasTokenizer,
  type SpecialIds,
} from './exported-files.ts';
import { families } from './families.ts';
import { loadModel, merged, withWeights, type Model } from './model.ts';
import { parametersOf, scoreBias, scoreWeight } from './parameters.ts';
import { storedBytes, writeShards } from './shards.ts';
import { Tokenizer } from './tokenizer.ts';

export const exportDtypes = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' } as const satisfies Record<
  string,
  FloatDtype
>;
export type ExportDtype = keyof typeof exportDtypes;

export interface ExportOptions {
  /** A whole model, an adapter added to its weights; or the adapter alone. */
  readonly as: 'merged' | 'adapter';
  readonly dtype: ExportDtype;
  /** Most bytes of a file of weights. */
  readonly maxShardBytes: number;
  /** Told after each tensor; what it throws ends the export. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Exported {
  readonly files: readonly string[];
  readonly bytes: number;
  /** What differs where others read it, each one sentence. */
  readonly notes: readonly string[];
}

/**
 * Writes the model of a folder into a new one, tensor by tensor, whole or not at all. Throws a `ModelError` for what
 * cannot be exported so, a `DataError` where `out` is not free.
 */
export async function exportModel(folder: string, out: string, options: ExportOptions): Promise<Exported> {
  const model = checkExport(folder, out, options);
  const write = options.as === 'adapter' ? exportAdapter : exportWhole;
  let notes: readonly string[] = [];
  await createFolder(out, async (partial) => {
    exportTokenizer(folder, partial);
    notes = await write(model, folder, partial, options);
  });
  const files = readdirSync(out).sort();
  return { files, bytes: files.reduce((sum, file) => sum + statSync(join(out, file)).size, 0), notes };
}

/** The model, its weights not read; throws what `exportModel` would throw before it begins. */
export function checkExport(folder: string, out: string, { as }: Pick<ExportOptions, 'as'>): Model {
  const model = loadModel(folder);
  if (as === 'adapter' && !model.adapter)
    throw new ModelError(`${folder} is a whole model without an adapter; export it as merged`);
  requireFree(out);
  return model;
}

type Write = (
  model: Model,
  folder: string,
  out: string,
  options: ExportOptions,
) => string[] | Promise<string[]>;

const exportAdapter: Write = (model, _, out, { dtype }) => {
  saveAdapter(model, out, { floats: exportDtypes[dtype] });
  return [
    `it names its base by path, ${model.base!.folder}: change base_model_name_or_path in adapter_config.json where that is elsewhere`,
    ...biasNotes(biasOf(model)),
  ];
};

const exportWhole: Write = async (model, folder, out, { dtype, maxShardBytes, onProgress }) => {
  const { model: exported, bias } = withoutBias(merged(model));
  const floats = exportDtypes[dtype];
  const special = specialIds(folder);
  const tensors = told(tensorsOf(exported, bias), floats, onProgress);
  await writeShards(out, tensors, { floats, maxBytes: maxShardBytes });
  exportConfig([model.base?.folder ?? folder, out], exported, special, dtype);
  if (model.head === 'scalar') return [...biasNotes(bias), ...paddingNotes(special)];
  exportGeneration(folder, out, special);
  return [];
};

/** The special tokens of a folder's tokenizer, where it has one. What pads with the end token has no padding. */
function specialIds(folder: string): SpecialIds {
  if (!hasTokenizer(folder)) return {};
  const { eosId, bosId, padId } = Tokenizer.load(folder);
  return {
    eos_token_id: eosId,
    ...(bosId !== undefined && { bos_token_id: bosId }),
    pad_token_id: padId === eosId ? null : padId,
  };
}

/** In the order of the parameters; of a scalar head no bias that says nothing. */
function tensorsOf({ config, head, weights }: Model, bias: number): Map<string, LateTensor> {
  return new Map(
    parametersOf(config, head)
      .filter(({ name }) => name !== scoreBias || bias !== 0)
      .map(({ name, shape }) => [name, { shape, data: () => weights.get(name)! }]),
  );
}

function told(
  tensors: ReadonlyMap<string, LateTensor>,
  floats: FloatDtype,
  onProgress: ExportOptions['onProgress'] = () => {},
): Map<string, LateTensor> {
  const total = [...tensors.values()].reduce((sum, tensor) => sum + storedBytes(tensor, floats), 0);
  let done = 0;
  const tell = async (tensor: LateTensor) => {
    // Lets signals and messages in: reading and writing hold the thread.
    await setImmediate();
    onProgress(done, total);
    done += storedBytes(tensor, floats);
    return tensor.data();
  };
  return new Map(
    [...tensors].map(([name, tensor]) => [name, { shape: tensor.shape, data: () => tell(tensor) }]),
  );
}

/** The bias of a model's scalar head; 0 for a language model. */
const biasOf = ({ head, weights }: Model): number => (head === 'scalar' ? weights.get(scoreBias)![0]! : 0);

/**
 * The scalar heads of transformers have no bias. Where the norm before ours has one, it can carry it:
 * w·(β + b·w/|w|²) = w·β + b. `bias` is what could not be carried.
 */
function withoutBias(model: Model): { readonly model: Model; readonly bias: number } {
  const bias = biasOf(model);
  const { prefix, norms } = families[model.config.family];
  const normBias = `${prefix}${norms.final}.bias`;
  const hasBias = parametersOf(model.config, model.head).some(({ name }) => name === normBias);
  if (bias === 0 || !hasBias) return { model, bias };
  const weight = model.weights.get(scoreWeight)!;
  const square = weight.reduce((sum, w) => sum + w * w, 0);
  if (square === 0) return { model, bias };
  const carried = model.weights.get(normBias)!.map((beta, i) => beta + (bias * weight[i]!) / square);
  return {
    model: { ...model, weights: withWeights(model.weights, new Map([[normBias, carried]])) },
    bias: 0,
  };
}

const biasNotes = (bias: number): string[] =>
  bias === 0
    ? []
    : [
        `transformers leaves out score.bias, so that its scores are ${Math.abs(bias).toPrecision(4)} ${bias > 0 ? 'lower' : 'higher'} than here, all alike: preferences and PPO do not change`,
      ];

const paddingNotes = ({ pad_token_id: pad }: SpecialIds): string[] =>
  pad === null
    ? [
        'its tokenizer has no padding of its own and config.json names none, for transformers would read scores before the end token: score one text at a time there, or add a padding token',
      ]
    : [];
