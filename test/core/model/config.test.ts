import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../core/contract/errors.ts';
import { readConfig, writeConfig } from '../../../core/model/config.ts';
import { everyConfig } from '../generation/small-models.ts';

const gpt2 = { model_type: 'gpt2', vocab_size: 61, n_positions: 16, n_embd: 32, n_layer: 2, n_head: 2 };
const llama = {
  model_type: 'llama',
  vocab_size: 512,
  max_position_embeddings: 512,
  hidden_size: 64,
  intermediate_size: 172,
  num_hidden_layers: 5,
  num_attention_heads: 8,
};

describe('a config', () => {
  it('of GPT-2 has the defaults of Hugging Face', () => {
    expect(readConfig(gpt2, 'config.json')).toEqual({
      family: 'gpt2',
      vocabularySize: 61,
      context: 16,
      width: 32,
      layers: 2,
      heads: 2,
      keyValueHeads: 2,
      feedForwardWidth: 128,
      normEpsilon: 1e-5,
      ropeTheta: 0,
      tied: true,
    });
    expect(readConfig({ ...gpt2, n_inner: null }, 'config.json').feedForwardWidth).toBe(128);
  });

  it('of Llama has the defaults of Hugging Face', () => {
    expect(readConfig(llama, 'config.json')).toEqual({
      family: 'llama',
      vocabularySize: 512,
      context: 512,
      width: 64,
      layers: 5,
      heads: 8,
      keyValueHeads: 8,
      feedForwardWidth: 172,
      normEpsilon: 1e-6,
      ropeTheta: 10000,
      tied: false,
    });
  });

  it.each(everyConfig)('that is written is read again: %s', (_, config) => {
    expect(readConfig(writeConfig(config), 'config.json')).toEqual(config);
  });

  it('may say more than is asked', () => {
    expect(() =>
      readConfig({ ...llama, use_cache: true, transformers_version: '5' }, 'config.json'),
    ).not.toThrow();
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
    refused(json, `${file} says model_type ${shown}, but only gpt2 and llama can be loaded`);
  });

  it.each([
    [gpt2, 'activation_function', 'relu'],
    [gpt2, 'tie_word_embeddings', false],
    [gpt2, 'scale_attn_weights', false],
    [gpt2, 'scale_attn_by_inverse_layer_idx', true],
    [gpt2, 'n_embd', -32],
    [gpt2, 'layer_norm_epsilon', 0],
    [llama, 'hidden_act', 'gelu'],
    [llama, 'attention_bias', true],
    [llama, 'mlp_bias', true],
    [llama, 'head_dim', 16],
    [llama, 'vocab_size', 1.5],
    [llama, 'num_hidden_layers', '5'],
  ])('for what is not supported: %o with %s = %j', (json, field, value) => {
    refused(
      { ...json, [field]: value },
      `${file} has ${field} = ${JSON.stringify(value)}, which is not supported: `,
    );
  });

  it('for scaled rotary angles, showing them', () => {
    const scaling = { rope_type: 'llama3', factor: 8 };
    refused(
      { ...llama, rope_scaling: scaling },
      `${file} has rope_scaling = ${JSON.stringify(scaling)}, which is not supported: `,
    );
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
});
