import { z } from 'zod';
import { ModelError } from '../contract/errors.ts';
import type { HeadKind } from './architecture.ts';
import { formats } from './config-formats.ts';
import type { FamilyName, ModelConfig } from './config.ts';

/** Reads a Hugging Face `config.json`; `file` is named in errors. What does not change the computation may say anything. */
export function readConfig(json: unknown, file: string): ModelConfig {
  const family = (json as { model_type?: unknown } | null)?.model_type;
  if (typeof family !== 'string' || !Object.hasOwn(formats, family))
    throw new ModelError(
      `${file} says model_type ${JSON.stringify(family)}, which is not supported; give a model of one of ${Object.keys(formats).join(', ')}`,
    );
  try {
    const config = formats[family as FamilyName].read(json);
    checkHeads(config, file);
    return config;
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const { path, message } = error.issues[0]!;
    const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], json);
    throw new ModelError(
      `${file} has ${path.join('.')} = ${JSON.stringify(value)}, which is not supported: ${message}`,
    );
  }
}

function checkHeads({ width, heads, keyValueHeads, headWidth, rope }: ModelConfig, file: string): void {
  if (!Number.isInteger(headWidth) || heads % keyValueHeads !== 0)
    throw new ModelError(
      `${file} has width ${width}, ${heads} heads and ${keyValueHeads} key-value heads, which do not divide one another`,
    );
  if (rope && rope.width % 2 !== 0)
    throw new ModelError(
      `${file} has rotary positions over ${rope.width} entries of a head, but they turn in pairs; give a model with an even number`,
    );
}

/** The Hugging Face `config.json` of a model; one with a scalar head is a sequence classifier of one label. */
export function writeConfig(config: ModelConfig, head: HeadKind = 'language'): Record<string, unknown> {
  const { classes, write } = formats[config.family];
  return {
    architectures: [classes[head]],
    model_type: config.family,
    ...write(config),
    tie_word_embeddings: config.tied,
    ...(head === 'scalar' && { num_labels: 1 }),
    torch_dtype: 'float32',
  };
}
