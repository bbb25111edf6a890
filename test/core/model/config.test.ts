import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../core/contract/errors.ts';
import { readConfig, writeConfig } from '../../../core/model/config-file.ts';
import type { ModelConfig } from '../../../core/model/config.ts';
import { everyConfig } from '../generation/small-models.ts';
import { everyModel, fixture } from './parity.ts';

const gpt2 = { model_type: 'gpt2', vocab_size: 61, n_positions: 16, n_embd: 32, n_layer: 2, n_head: 2 };
const sizes = {
  vocab_size: 512,
  max_position_embeddings: 512,
  hidden_size: 64,
  intermediate_size: 172,
  num_hidden_layers: 5,
  num_attention_heads: 8,
};
const llama = { model_type: 'llama', ...sizes };
const gptNeox = { model_type: 'gpt_neox', ...sizes };
const mistral = { model_type: 'mistral', ...sizes };
const qwen2 = { model_type: 'qwen2', ...sizes };
const qwen3 = { model_type: 'qwen3', ...sizes };
const smollm3 = { model_type: 'smollm3', ...sizes };

const read = (json: unknown): ModelConfig => readConfig(json, 'config.json');

/** What every family that follows Llama says where nothing else is said. */
const likeLlama = {
  vocabularySize: 512,
  context: 512,
  width: 64,
  layers: 5,
  heads: 8,
  keyValueHeads: 8,
  headWidth: 8,
  feedForwardWidth: 172,
  activation: 'swiglu',
  normEpsilon: 1e-6,
  biases: { queryKeyValue: false, attentionOutput: false, feedForward: false },
  parallelResidual: false,
  queryKeyNorm: false,
  rope: { theta: 10000, width: 8 },
  tied: false,
};

describe('a config has the defaults of transformers', () => {
  it('of GPT-2', () => {
    expect(read(gpt2)).toEqual({
      family: 'gpt2',
      vocabularySize: 61,
      context: 16,
      width: 32,
      layers: 2,
      heads: 2,
      keyValueHeads: 2,
      headWidth: 16,
      feedForwardWidth: 128,
      activation: 'gelu-tanh',
      normEpsilon: 1e-5,
      biases: { queryKeyValue: true, attentionOutput: true, feedForward: true },
      parallelResidual: false,
      queryKeyNorm: false,
      tied: true,
    });
    expect(read({ ...gpt2, n_inner: null }).feedForwardWidth).toBe(128);
  });

  it('of GPT-NeoX', () => {
    expect(read(gptNeox)).toEqual({
      ...likeLlama,
      family: 'gpt_neox',
      activation: 'gelu',
      normEpsilon: 1e-5,
      biases: { queryKeyValue: true, attentionOutput: true, feedForward: true },
      parallelResidual: true,
      rope: { theta: 10000, width: 2 },
    });
  });

  it.each<[string, object, Partial<ModelConfig>]>([
    ['Llama', llama, {}],
    ['Mistral', mistral, {}],
    ['Qwen2', qwen2, { biases: { queryKeyValue: true, attentionOutput: false, feedForward: false } }],
    ['Qwen3', qwen3, { headWidth: 128, rope: { theta: 10000, width: 128 }, queryKeyNorm: true }],
    [
      'SmolLM3',
      smollm3,
      { keyValueHeads: 4, rope: { theta: 2000000, width: 8, unrotated: [3] }, tied: true },
    ],
  ])('of %s', (_, json, apart) => {
    const family = (json as { model_type: string }).model_type;
    expect(read(json)).toEqual({ ...likeLlama, family, ...apart });
  });
});

const llama3 = {
  rope_type: 'llama3',
  factor: 32,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 8192,
} as const;

describe('a config', () => {
  it.each(everyConfig)('that is written is read again: %s', (_, config) => {
    expect(read(writeConfig(config))).toEqual(config);
  });

  const ofModels = everyModel.filter((name) => !name.includes('lora'));
  it.each(ofModels)('of transformers is the same after it is read and written: %s', (name) => {
    const config = readConfig(JSON.parse(readFileSync(`${fixture(name)}/config.json`, 'utf8')), name);
    expect(read(writeConfig(config))).toEqual(config);
  });

  it('of a scalar head is that of a sequence classifier with one label', () => {
    expect(writeConfig(read(gpt2), 'scalar')).toMatchObject({
      architectures: ['GPT2ForSequenceClassification'],
      num_labels: 1,
    });
    expect(writeConfig(read(qwen3), 'scalar')['architectures']).toEqual(['Qwen3ForSequenceClassification']);
    expect(writeConfig(read(gpt2))).toMatchObject({ architectures: ['GPT2LMHeadModel'] });
    expect(writeConfig(read(gpt2))).not.toHaveProperty('num_labels');
  });

  it.each([
    ['is_decoder', true],
    ['attention_dropout', 0.3],
    ['initializer_range', 7],
    ['dtype', 'bfloat16'],
    ['torch_dtype', 'float16'],
    ['transformers_version', '5'],
    ['use_cache', false],
    ['pretraining_tp', 2],
    ['architectures', ['LlamaModel']],
    ['rope_scaling', null],
    ['rope_parameters', {}],
    ['head_dim', null],
  ])('may say %s = %j', (key, value) => {
    expect(read({ ...llama, [key]: value })).toEqual(read(llama));
  });

  it.each([
    ['linear', { rope_type: 'linear', factor: 2 }],
    ['dynamic', { rope_type: 'dynamic', factor: 2 }],
    ['llama3', llama3],
    ['yarn', { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 128, beta_fast: 16 }],
  ])('says the same of %s positions in the older and the newer place', (_, scaling) => {
    const newer = read({ ...llama, rope_parameters: { rope_theta: 500000, ...scaling } });
    expect(newer.rope).toEqual({ theta: 500000, width: 8, scaling });
    expect(read({ ...llama, rope_theta: 500000, rope_scaling: scaling })).toEqual(newer);
    const { rope_type: type, ...rest } = scaling;
    expect(read({ ...llama, rope_theta: 500000, rope_scaling: { type, ...rest } })).toEqual(newer);
    expect(read(writeConfig(newer))).toEqual(newer);
  });

  it('stretches from its own context where it names no other', () => {
    const { rope } = read({ ...llama, rope_scaling: { type: 'yarn', factor: 4 } });
    expect(rope!.scaling).toMatchObject({ original_max_position_embeddings: 512 });
  });

  it('of GPT-NeoX keeps its rotary parameters in places of its own', () => {
    const older = {
      ...gptNeox,
      rotary_pct: 0.5,
      rotary_emb_base: 500,
      rope_scaling: { type: 'linear', factor: 2 },
    };
    const parameters = { rope_type: 'linear', factor: 2, rope_theta: 500, partial_rotary_factor: 0.5 };
    expect(read(older)).toEqual(read({ ...gptNeox, rope_parameters: parameters }));
    expect(read(older).rope).toEqual({ theta: 500, width: 4, scaling: { rope_type: 'linear', factor: 2 } });
  });

  it.each(['gelu_new', 'gelu_fast', 'gelu_pytorch_tanh'])('calls the tanh form of GELU %s', (name) => {
    expect(read({ ...gpt2, activation_function: name }).activation).toBe('gelu-tanh');
    expect(read({ ...gptNeox, hidden_act: name }).activation).toBe('gelu-tanh');
  });

  it('has the context of a window that slides in every layer', () => {
    const sliding = { sliding_window: 100, use_sliding_window: true };
    expect(read({ ...mistral, sliding_window: 100 }).context).toBe(100);
    expect(read({ ...mistral, sliding_window: null }).context).toBe(512);
    expect(read({ ...mistral, sliding_window: 600 }).context).toBe(512);
    expect(read({ ...mistral, max_position_embeddings: 32768 }).context).toBe(4096);
    expect(read({ ...qwen2, ...sliding, max_window_layers: 0 }).context).toBe(100);
    expect(read({ ...qwen2, ...sliding, max_window_layers: 5 }).context).toBe(512);
    expect(read({ ...qwen2, ...sliding, use_sliding_window: false, max_window_layers: 0 }).context).toBe(512);
    const layerTypes = new Array<string>(5).fill('sliding_attention');
    expect(read({ ...qwen3, ...sliding, layer_types: layerTypes }).context).toBe(100);
    expect(read({ ...smollm3, ...sliding, no_rope_layers: [0, 0, 0, 0, 0] }).context).toBe(100);
  });

  it('of SmolLM3 says which layers do not turn', () => {
    const unrotated = (more: object) => read({ ...smollm3, ...more }).rope!.unrotated;
    expect(unrotated({ no_rope_layer_interval: 2 })).toEqual([1, 3]);
    expect(unrotated({ no_rope_layers: [0, 1, 1, 0, 1, 0] })).toEqual([0, 3]);
    expect(writeConfig(read(smollm3))).toMatchObject({ no_rope_layers: [1, 1, 1, 0, 1] });
  });
});

describe('a config is refused', () => {
  const file = '/models/x/config.json';
  const refused = (json: unknown, message: string) => {
    expect(() => readConfig(json, file)).toThrow(ModelError);
    expect(() => readConfig(json, file)).toThrow(message);
    expect(() => readConfig(json, file)).not.toThrow('\n');
  };

  it.each([
    ['of another family', { model_type: 'mamba' }, '"mamba"'],
    ['of no family', {}, 'undefined'],
    ['that is null', null, 'undefined'],
    ['of a family that every object has', { model_type: 'toString' }, '"toString"'],
  ])('%s', (_, json, shown) => {
    refused(
      json,
      `${file} says model_type ${shown}, which is not supported; give a model of one of gpt2, gpt_neox, llama, mistral, qwen2, qwen3, smollm3`,
    );
  });

  it.each([
    [gpt2, 'activation_function', 'relu'],
    [gpt2, 'scale_attn_weights', false],
    [gpt2, 'scale_attn_by_inverse_layer_idx', true],
    [gpt2, 'add_cross_attention', true],
    [gpt2, 'n_embd', -32],
    [gpt2, 'layer_norm_epsilon', 0],
    [gptNeox, 'hidden_act', 'relu'],
    [gptNeox, 'rotary_pct', 1.5],
    [llama, 'hidden_act', 'gelu'],
    [llama, 'is_causal', false],
    [llama, 'partial_rotary_factor', 0.5],
    [llama, 'vocab_size', 1.5],
    [llama, 'num_hidden_layers', '5'],
    [qwen2, 'layer_types', ['linear_attention']],
  ])('for what is not supported: %o with %s = %j', (json, field, value) => {
    refused({ ...json, [field]: value }, `${file} has ${field}`);
    refused({ ...json, [field]: value }, `, which is not supported: `);
  });

  it.each([
    ['rope_scaling', { type: 'longrope', factor: 8 }, undefined],
    ['rope_parameters', { rope_type: 'longrope', rope_theta: 1e4, short_factor: [1, 2] }, undefined],
    ['rope_scaling', { type: 'linear', factor: '2' }, 'factor'],
    ['rope_parameters', { ...llama3, low_freq_factor: -1 }, 'low_freq_factor'],
    ['rope_parameters', { rope_theta: -1 }, 'rope_theta'],
    ['rope_parameters', { partial_rotary_factor: 0.5 }, 'partial_rotary_factor'],
    ['rope_parameters', { full_attention: { rope_theta: 1e4 } }, 'full_attention'],
  ])('for rotary positions that are not supported: %s = %j', (field, value, key) => {
    const shown = key ? [`${field}.${key}`, (value as Record<string, unknown>)[key]] : [field, value];
    refused(
      { ...llama, [field]: value },
      `${file} has ${shown[0] as string} = ${JSON.stringify(shown[1])}, which is not supported: `,
    );
  });

  it('for a window that slides in some layers alone', () => {
    const message = `${file} has sliding_window = 100, which is not supported: some layers slide and others do not`;
    const sliding = { sliding_window: 100, use_sliding_window: true };
    refused({ ...qwen2, ...sliding, max_window_layers: 2 }, message);
    refused({ ...smollm3, ...sliding }, message);
  });

  it('for a size that is missing', () => {
    refused(
      { ...llama, hidden_size: undefined },
      `${file} has hidden_size = undefined, which is not supported: `,
    );
  });

  it('for heads that do not divide', () => {
    refused(
      { ...gpt2, n_head: 3 },
      `${file} has width 32, 3 heads and 3 key-value heads, which do not divide one another`,
    );
    refused(
      { ...llama, num_key_value_heads: 3 },
      `${file} has width 64, 8 heads and 3 key-value heads, which do not divide one another`,
    );
  });

  it('for an odd number of entries that turn', () => {
    refused({ ...llama, head_dim: 7 }, `${file} has rotary positions over 7 entries of a head`);
    refused({ ...gptNeox, rotary_pct: 0.4 }, `${file} has rotary positions over 3 entries of a head`);
  });
});
