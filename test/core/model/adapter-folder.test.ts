import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ModelError } from '../../../core/contract/errors.ts';
import { randomStream } from '../../../core/data/random.ts';
import { readTensors, writeSafetensors } from '../../../core/data/safetensors.ts';
import { loadModel, saveModel, withAdapter, withScalarHead } from '../../../core/model/model.ts';
import { randomModel, smallConfigs } from '../generation/small-models.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'adapter-'));
  const base = join(root, 'project', 'runs', 'base', 'model');
  saveModel(randomModel(smallConfigs.llama), base);
  const lora = { rank: 2, alpha: 4, targets: ['self_attn.q_proj'] };
  saveModel(withAdapter(loadModel(base), base, lora, randomStream(1, 'adapter')), at());
});
afterEach(() => rmSync(root, { recursive: true }));

const at = (project = 'project') => join(root, project, 'runs', 'tuned', 'checkpoints', '000002', 'model');

function configure(changes: object): void {
  const path = join(at(), 'adapter_config.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...config, ...changes }));
}

describe('the base of an adapter', () => {
  test('is found where both were moved together', () => {
    renameSync(join(root, 'project'), join(root, 'elsewhere'));
    const { base } = loadModel(at('elsewhere'));
    expect(base!.folder).toBe(join(root, 'elsewhere', 'runs', 'base', 'model'));
  });

  test('is the one it names, even beside a copy of both', () => {
    cpSync(join(root, 'project'), join(root, 'copy'), { recursive: true });
    expect(loadModel(at('copy')).base!.folder).toBe(join(root, 'project', 'runs', 'base', 'model'));
  });

  test('is not just any model of the same name', () => {
    const base = join(root, 'project', 'runs', 'base', 'model');
    renameSync(base, join(root, 'project', 'runs', 'model'));
    expect(() => loadModel(at())).toThrow(
      `the adapter in ${at()} belongs to "${base}", which is no model folder here; write the folder of its base into base_model_name_or_path of adapter_config.json`,
    );
  });

  test('has a language head where the adapter is of a language model', () => {
    const base = join(root, 'project', 'runs', 'base', 'model');
    saveModel(withScalarHead(randomModel(smallConfigs.llama), randomStream(2, 'head')), base);
    expect(() => loadModel(at())).toThrow(ModelError);
    expect(() => loadModel(at())).toThrow(`is a reward model`);
  });
});

describe('an adapter is refused', () => {
  test.each([
    [{ use_dora: true }, 'use_dora'],
    [{ use_rslora: true }, 'use_rslora'],
    [{ bias: 'all' }, 'bias'],
    [{ rank_pattern: { q_proj: 4 } }, 'rank_pattern.q_proj'],
    // These change the weights of the base when PEFT opens them.
    [{ init_lora_weights: 'pissa_niter_16' }, 'init_lora_weights'],
    [{ init_lora_weights: 'olora' }, 'init_lora_weights'],
    // Adapts only what follows some tokens.
    [{ alora_invocation_tokens: [3] }, 'alora_invocation_tokens'],
  ])('that PEFT computes otherwise: %j', (changes, field) => {
    configure(changes);
    expect(() => loadModel(at())).toThrow(
      new RegExp(`adapter_config.json: "${field}" is not supported: .*; merge the adapter into its base`),
    );
  });

  test.each(['gaussian', false, undefined])('unless it only began otherwise: %j', (init_lora_weights) => {
    configure({ init_lora_weights });
    expect(loadModel(at()).adapter).toEqual({ rank: 2, alpha: 4, targets: ['self_attn.q_proj'] });
  });

  test.each(['base_model.model.model.embed_tokens.lora_embedding_A', 'base_model.model.lm_head.weight'])(
    'that has more than low-rank matrices of its layers: %s',
    (name) => {
      const path = join(at(), 'adapter_model.safetensors');
      const { tensors } = readTensors(path);
      writeSafetensors(path, new Map([...tensors, [name, { shape: [1], data: Float32Array.of(0) }]]));
      expect(() => loadModel(at())).toThrow(`adapts '${name}', which is not supported`);
    },
  );
});
