import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelError } from '../../../core/contract/errors.ts';
import { randomStream } from '../../../core/data/random.ts';
import { readTensors, writeSafetensors, type HostTensors } from '../../../core/data/safetensors.ts';
import {
  inMemory,
  loadModel,
  readWeights,
  saveModel,
  streamModel,
  withScalarHead,
} from '../../../core/model/model.ts';
import { PlacedModel } from '../../../core/model/placed.ts';
import { openTestEngine } from '../../support/engine.ts';
import { everyConfig, randomModel, smallConfigs } from '../generation/small-models.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'model-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const weightsFile = () => join(folder, 'model.safetensors');
const configFile = () => join(folder, 'config.json');
const configOf = () => JSON.parse(readFileSync(configFile(), 'utf8')) as Record<string, unknown>;

describe('a model folder', () => {
  it.each(everyConfig)('gives back exactly what was written: %s', (_, config) => {
    const model = randomModel(config);
    saveModel(model, folder);
    expect(inMemory(loadModel(folder))).toEqual(inMemory(model));
    const bytes = readFileSync(weightsFile());
    saveModel(loadModel(folder), folder);
    expect(readFileSync(weightsFile()).equals(bytes)).toBe(true);
  });

  it.each(everyConfig)('gives back a reward model with its head: %s', (_, config) => {
    const model = withScalarHead(randomModel(config), randomStream(3, 'head'));
    saveModel(model, folder);
    expect(inMemory(loadModel(folder))).toEqual(inMemory(model));
    expect(configOf()).toMatchObject({
      architectures: [
        config.family === 'gpt2' ? 'GPT2ForSequenceClassification' : 'LlamaForSequenceClassification',
      ],
      num_labels: 1,
    });
  });

  it('keeps the trunk when a reward model starts', () => {
    const model = randomModel(smallConfigs.llama);
    const reward = withScalarHead(model, randomStream(3, 'head'));
    for (const [name, values] of readWeights(reward))
      if (!name.startsWith('score.')) expect(values).toBe(model.weights.get(name));
    expect(reward.weights.get('score.bias')).toEqual(new Float32Array(1));
    expect(readWeights(reward).has('lm_head.weight')).toBe(false);
  });

  it('survives the way to the device and back', async () => {
    const engine = await openTestEngine();
    const model = randomModel(smallConfigs.gpt2);
    const placed = await PlacedModel.place(engine, model);
    expect(await placed.read(model)).toEqual(model);
    await streamModel(placed.late(model), folder);
    expect(inMemory(loadModel(folder))).toEqual(model);
    await engine.dispose();
  });

  it('can hold half the bytes, rounded', () => {
    const model = randomModel(smallConfigs.gpt2);
    saveModel(model, folder, { floats: 'F16' });
    for (const [name, values] of readWeights(loadModel(folder)))
      values.forEach((value, i) => {
        const exact = model.weights.get(name)![i]!;
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(Math.abs(exact) * 2 ** -11 + 2 ** -25);
      });
  });

  it('says which tokens end and pad', () => {
    saveModel(randomModel(smallConfigs.gpt2), folder, { tokens: { eosId: 3, padId: 0 } });
    expect(configOf()).toMatchObject({ eos_token_id: 3, pad_token_id: 0 });
  });

  it('may come from the bare trunk, without its prefix', () => {
    const model = randomModel(smallConfigs.gpt2);
    saveModel(model, folder);
    change(
      (tensors) => new Map([...tensors].map(([name, tensor]) => [name.replace('transformer.', ''), tensor])),
    );
    expect(inMemory(loadModel(folder))).toEqual(inMemory(model));
  });

  it('may hold tensors that are not asked for, and a head without a bias', () => {
    const model = withScalarHead(randomModel(smallConfigs.gpt2), randomStream(3, 'head'));
    saveModel(model, folder);
    change((tensors) => {
      tensors.delete('score.bias');
      return tensors.set('transformer.h.0.attn.masked_bias', { shape: [1], data: Float32Array.of(-1e4) });
    });
    expect(inMemory(loadModel(folder))).toEqual(inMemory(model));
  });
});

function change(edit: (tensors: HostTensors<Float32Array>) => HostTensors<Float32Array>): void {
  writeSafetensors(weightsFile(), edit(readTensors(weightsFile()).tensors as HostTensors<Float32Array>));
}

describe('a model folder is refused in one sentence', () => {
  const name = 'transformer.h.1.mlp.c_fc.weight';
  beforeEach(() => saveModel(randomModel(smallConfigs.gpt2), folder));

  const refused = (...parts: string[]) => {
    let message = '';
    try {
      loadModel(folder);
    } catch (error) {
      expect(error).toBeInstanceOf(ModelError);
      message = (error as Error).message;
    }
    for (const part of parts) expect(message).toContain(part);
    expect(message).not.toContain('\n');
  };

  it('where it does not exist', () => {
    rmSync(folder, { recursive: true });
    refused(`${folder} does not exist; give the folder of a model`);
    saveModel(randomModel(smallConfigs.gpt2), folder);
  });

  it('without config.json', () => {
    rmSync(configFile());
    refused(configFile());
  });

  it('with a config.json that is no JSON', () => {
    writeFileSync(configFile(), '{"model_type": ');
    refused(configFile());
  });

  it('without model.safetensors', () => {
    rmSync(weightsFile());
    refused(weightsFile());
  });

  it('of another family', () => {
    writeFileSync(configFile(), JSON.stringify({ ...configOf(), model_type: 'opt' }));
    refused(`${configFile()} says model_type "opt"`);
  });

  it('with another activation', () => {
    writeFileSync(configFile(), JSON.stringify({ ...configOf(), activation_function: 'relu' }));
    refused(`${configFile()} has activation_function = "relu", which is not supported`);
  });

  it('without a tensor, naming it', () => {
    change((tensors) => {
      tensors.delete(name);
      return tensors;
    });
    refused(`${weightsFile()} has no tensor '${name}', which its config.json asks for`);
  });

  it('with a tensor of another shape, naming both shapes', () => {
    change((tensors) => tensors.set(name, { shape: [24, 16], data: tensors.get(name)!.data }));
    refused(`${weightsFile()} has '${name}' as [24, 16], but its config.json asks for [16, 24]`);
  });

  it('with a head of more numbers than one', () => {
    change((tensors) => tensors.set('score.weight', { shape: [2, 16], data: new Float32Array(32) }));
    refused(`${weightsFile()} has 'score.weight' as [2, 16], but its config.json asks for [1, 16]`);
  });

  it.each([0, 5, 200, 4000])('cut off after %i bytes', (bytes) => {
    truncateSync(weightsFile(), bytes);
    refused(`${weightsFile()} is truncated`);
  });

  it('cut off by its last byte', () => {
    truncateSync(weightsFile(), readFileSync(weightsFile()).length - 1);
    refused(`${weightsFile()} is truncated: its tensors need`, 'copy it again');
  });

  it('where its numbers are no floats', () => {
    const { tensors } = readTensors(weightsFile());
    const integers = new Map(
      [...tensors].map(([key, { shape, data }]) => [key, { shape, data: Int32Array.from(data) }]),
    );
    writeSafetensors(weightsFile(), integers);
    refused(weightsFile(), 'wte.weight');
  });
});
