import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { Generator, unfiltered } from '../../../core/generation/generate.ts';
import { loadModel, type Model } from '../../../core/model/model.ts';
import { elements, initialWeights, parametersOf } from '../../../core/model/parameters.ts';
import { PlacedModel } from '../../../core/model/placed.ts';
import { LogprobScorer } from '../../../core/training/scoring.ts';
import { openTestEngine } from '../../support/engine.ts';
import { logitsOf, smallConfigs } from '../generation/small-models.ts';
import { expectClose } from '../graph/references.ts';

const shared = (name: string) =>
  fileURLToPath(new URL(`../../../../shared/data/models/${name}`, import.meta.url));
const absent = (folder: string) => !existsSync(folder);
const note = (folder: string) => (absent(folder) ? ` (skipped: ${folder} is not here)` : '');

let engine: Engine;
beforeAll(async () => (engine = await openTestEngine()));
afterAll(() => engine.dispose());

interface Golden {
  readonly prompt_ids: number[];
  readonly greedy_ids: number[];
  readonly greedy_logprobs: number[];
  readonly logits_pos0_first16: number[];
  readonly tinystories_sample_nll: { ids: number[]; mean_nll: number }[];
}

const stories = shared('stories260K-hf');

describe.skipIf(absent(stories))(`stories260K${note(stories)}`, () => {
  let model: Model;
  let policy: PlacedModel;
  let scorer: LogprobScorer;
  let golden: Golden;
  beforeAll(async () => {
    golden = JSON.parse(readFileSync(`${stories}/expected/golden.json`, 'utf8')) as Golden;
    model = loadModel(stories);
    policy = await PlacedModel.place(engine, model);
    scorer = await LogprobScorer.compile(engine, model, 1, 1024);
  });
  afterAll(async () => {
    policy?.dispose();
    await scorer?.dispose();
  });

  it('gives the first logits', async () => {
    const [first] = await logitsOf(engine, model, Int32Array.from(golden.prompt_ids));
    expectClose(first!.slice(0, 16), golden.logits_pos0_first16, 'logits', [1e-4, 1e-5]);
  });

  it('scores every token of the greedy text', async () => {
    const [score] = await scorer.score(policy, [{ ids: Int32Array.from(golden.greedy_ids), start: 1 }]);
    expectClose(score!.logprobs, golden.greedy_logprobs, 'log-probability', [1e-3, 0]);
  });

  it('generates every token of the greedy text', async () => {
    const generator = await Generator.compile(engine, model, unfiltered(0));
    const [completion] = await generator.generate(
      policy,
      [Int32Array.from(golden.prompt_ids)],
      () => randomStream(1),
      { maxTokens: golden.greedy_logprobs.length, endTokens: [2], padToken: 0 },
    );
    expect([...golden.prompt_ids, ...completion!.ids]).toEqual(golden.greedy_ids);
    expectClose(completion!.logprobs, golden.greedy_logprobs, 'log-probability', [1e-3, 0]);
    await generator.dispose();
  });

  it('has the losses of TinyStories samples', async () => {
    const samples = golden.tinystories_sample_nll;
    const losses: number[] = [];
    for (const { ids } of samples)
      losses.push(await scorer.loss(policy, [{ ids: Int32Array.from(ids), start: 1 }]));
    expectClose(
      losses,
      samples.map((sample) => sample.mean_nll),
      'loss',
      [1e-4, 0],
    );
  });
});

const tiny = shared('tiny-gpt2-loractl');

describe.skipIf(absent(tiny))(`tiny-gpt2${note(tiny)}`, () => {
  it('gives the logits of PyTorch', async () => {
    const golden = JSON.parse(readFileSync(`${tiny}/expected/gpt2_tiny_golden.json`, 'utf8')) as {
      input_ids: number[];
      logits: number[];
    };
    const rows = await logitsOf(engine, loadModel(tiny), Int32Array.from(golden.input_ids));
    expectClose(
      rows.flatMap((row) => Array.from(row)),
      golden.logits,
      'logits',
      [1e-4, 0],
    );
  });
});

describe('parameters', () => {
  it('of GPT-2 have the names and shapes of its Hugging Face files', () => {
    const listed = parametersOf({ ...smallConfigs.gpt2, layers: 1 }, 'language');
    expect(listed.map(({ name, shape, initial }) => `${name} [${shape.join(', ')}] ${initial}`))
      .toMatchInlineSnapshot(`
      [
        "transformer.wte.weight [29, 16] normal",
        "transformer.wpe.weight [48, 16] normal",
        "transformer.h.0.ln_1.weight [16] ones",
        "transformer.h.0.ln_1.bias [16] zeros",
        "transformer.h.0.attn.c_attn.weight [16, 48] normal",
        "transformer.h.0.attn.c_attn.bias [48] zeros",
        "transformer.h.0.attn.c_proj.weight [16, 16] residual",
        "transformer.h.0.attn.c_proj.bias [16] zeros",
        "transformer.h.0.mlp.c_fc.weight [16, 24] normal",
        "transformer.h.0.mlp.c_fc.bias [24] zeros",
        "transformer.h.0.mlp.c_proj.weight [24, 16] residual",
        "transformer.h.0.mlp.c_proj.bias [16] zeros",
        "transformer.h.0.ln_2.weight [16] ones",
        "transformer.h.0.ln_2.bias [16] zeros",
        "transformer.ln_f.weight [16] ones",
        "transformer.ln_f.bias [16] zeros",
      ]
    `);
  });

  it('of Llama have the names and shapes of its Hugging Face files', () => {
    const config = { ...smallConfigs['llama with grouped heads'], layers: 1, tied: false };
    const listed = parametersOf(config, 'language');
    expect(listed.map(({ name, shape, initial }) => `${name} [${shape.join(', ')}] ${initial}`))
      .toMatchInlineSnapshot(`
      [
        "model.embed_tokens.weight [29, 16] normal",
        "model.layers.0.input_layernorm.weight [16] ones",
        "model.layers.0.self_attn.q_proj.weight [16, 16] normal",
        "model.layers.0.self_attn.k_proj.weight [8, 16] normal",
        "model.layers.0.self_attn.v_proj.weight [8, 16] normal",
        "model.layers.0.self_attn.o_proj.weight [16, 16] residual",
        "model.layers.0.mlp.gate_proj.weight [24, 16] normal",
        "model.layers.0.mlp.up_proj.weight [24, 16] normal",
        "model.layers.0.mlp.down_proj.weight [16, 24] residual",
        "model.layers.0.post_attention_layernorm.weight [16] ones",
        "model.norm.weight [16] ones",
        "lm_head.weight [29, 16] normal",
      ]
    `);
  });

  it('under a scalar head end in one number and have no unembedding', () => {
    const names = parametersOf(smallConfigs.llama, 'scalar').map(({ name }) => name);
    expect(names.slice(-2)).toEqual(['score.weight', 'score.bias']);
    expect(names).not.toContain('lm_head.weight');
  });

  it('start with deviation 0.02, narrower where they add to the residual stream', () => {
    const config = { ...smallConfigs.gpt2, width: 64 };
    const weights = initialWeights(config, randomStream(1, 'weights'));
    const deviation = (name: string) => {
      const values = weights.get(name)!;
      return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
    };
    expect(deviation('transformer.h.0.attn.c_attn.weight')).toBeCloseTo(0.02, 3);
    expect(deviation('transformer.h.1.attn.c_proj.weight')).toBeCloseTo(0.01, 3);
    expect(deviation('transformer.ln_f.weight')).toBe(1);
    expect(deviation('transformer.ln_f.bias')).toBe(0);
    for (const { name, shape } of parametersOf(config, 'language'))
      expect(weights.get(name)!.length).toBe(elements(shape));
  });
});
