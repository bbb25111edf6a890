/** Model folders that hold their weights in a form that is not read: what is seen, and what to do instead. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ModelError } from '../contract/errors.ts';
import { readJson } from '../data/files.ts';

interface Format {
  readonly file: RegExp;
  /** What it is, and what to do; follows "folder has its weights as file, ". */
  readonly words: string;
}

const resave =
  'load it with transformers and save it again with save_pretrained(folder, safe_serialization=True)';

/** The first that fits counts: Meta's checkpoints are pickles too. */
const formats: readonly Format[] = [
  {
    file: /^consolidated[\d.]*\.(pth|safetensors)$/,
    words:
      "an original checkpoint under its maker's own names: get the model's Hugging Face folder, or convert it with the script that transformers has for its family",
  },
  {
    file: /\.gguf$/,
    words: 'made for llama.cpp and usually quantised: get the folder with safetensors that it was made from',
  },
  {
    file: /\.(bin|pt|pth|ckpt|pkl)$/,
    words: `a pickle, which can run code when it is opened: where you trust it, ${resave}`,
  },
  {
    file: /\.h5$|^saved_model\.pb$|\.ckpt[.-]|\.tflite$/,
    words: `of TensorFlow: ${resave} (transformers 4 has from_tf=True)`,
  },
  { file: /\.msgpack$/, words: `of Flax: ${resave} (transformers 4 has from_flax=True)` },
  {
    file: /\.onnx$/,
    words: 'a graph to run and not to train: get the folder with safetensors that it was exported from',
  },
  {
    file: /\.safetensors$/,
    words: 'but only a file named model.safetensors is read: rename it if it holds the whole model',
  },
];

/** Throws where a folder has weights, but none that can be read; a folder with none at all is for others to name. */
export function refuseOtherFormats(folder: string): void {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  for (const { file, words } of formats) {
    const found = names.find((name) => !name.startsWith('.') && file.test(name));
    if (found !== undefined) throw new ModelError(`${folder} has its weights as ${found}, ${words}`);
  }
}

const Quantised = z.looseObject({
  quantization_config: z.looseObject({ quant_method: z.string().catch('an unnamed method') }).nullish(),
  /** How MLX says it. */
  quantization: z.looseObject({}).nullish(),
});

/** Throws where a folder's `config.json` says that its weights are quantised. */
export function refuseQuantised(folder: string): void {
  const path = join(folder, 'config.json');
  if (!existsSync(path)) return;
  const { data } = Quantised.safeParse(readJson(path, ModelError));
  const method = data?.quantization_config?.quant_method ?? (data?.quantization ? 'mlx' : undefined);
  if (method === undefined) return;
  throw new ModelError(
    `${path} says that its weights are quantised (${method}), which is not read: get the model they were made from, or dequantize() it with transformers and save_pretrained() that`,
  );
}
