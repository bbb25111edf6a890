/** What is checked to run wholly on a graphics processor: the models, and the programs of training and generation. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramSource } from '../../core/engine/engine.ts';
import { decodeGraph } from '../../core/generation/decode.ts';
import { firstPartGraph, nextPartGraph } from '../../core/generation/decode-parts.ts';
import type { Architecture } from '../../core/model/architecture.ts';
import { readConfig } from '../../core/model/config-file.ts';
import type { ModelConfig } from '../../core/model/config.ts';
import { loraTargets } from '../../core/model/lora.ts';
import { policyStepGraph, valueStepGraph } from '../../core/training/ppo-device.ts';
import { rewardStepGraph } from '../../core/training/reward-model.ts';
import { logprobGraph, scalarGraph } from '../../core/training/scoring.ts';
import { sftStepGraph } from '../../core/training/sft.ts';

const fixtures = join(import.meta.dirname, '../fixtures/families');

/** Every family, and what of a family changes its graph. */
export const families = readdirSync(fixtures).filter((name) =>
  /^(gpt2|gpt_neox|llama|mistral|qwen2|qwen3|smollm3)(-untied|-sequential|-biases|-yarn)?$/.test(name),
);

export function configOf(family: string): ModelConfig {
  const path = join(fixtures, family, 'config.json');
  return readConfig(JSON.parse(readFileSync(path, 'utf8')), path);
}

/** All weights, adapters, and adapters over a base in half precision. */
export function kindsOf(config: ModelConfig): Record<string, Partial<Architecture>> {
  const adapter = { rank: 2, alpha: 4, targets: loraTargets(config, 'all-linear') };
  return {
    'all weights': {},
    adapters: { adapter },
    'adapters over float16': { adapter, baseFloats: 'float16' },
  };
}

type Programs = Readonly<Record<string, (architecture: Architecture) => ProgramSource>>;

const plain = { recompute: false, residualDropout: 0.1, loraDropout: 0, packing: false };
const fitted = { recompute: true, residualDropout: 0.1, loraDropout: 0.1, packing: true };
const ppo = { temperature: 0.7, clipRange: 0.2, clipRangeValue: 0.2, vfCoef: 0.1 };

export const languagePrograms: Programs = {
  'supervised fine-tuning': (architecture) => sftStepGraph(architecture, plain),
  'supervised fine-tuning, packed and recomputed': (architecture) => sftStepGraph(architecture, fitted),
  'the policy': (architecture) => policyStepGraph(architecture, { ...ppo, recompute: false }),
  'log-probabilities': (architecture) => logprobGraph(architecture, 0.7),
};

export const scalarPrograms: Programs = {
  'the reward model': (architecture) => rewardStepGraph(architecture, fitted),
  'the value model': (architecture) => valueStepGraph(architecture, { ...ppo, recompute: true }),
  rewards: (architecture) => scalarGraph(architecture),
};

const sampled = { greedy: false, topK: 5, nucleus: true };
const greedy = { greedy: true, topK: 0, nucleus: false };

export const generationPrograms: Programs = {
  sampling: (architecture) => ({ outputs: decodeGraph(architecture, 'policy', sampled) }),
  'greedy decoding': (architecture) => ({ outputs: decodeGraph(architecture, 'policy', greedy) }),
  'the first part': (architecture) => ({ outputs: firstPartGraph(architecture, 'policy', sampled) }),
  'another part': (architecture) => ({ outputs: nextPartGraph(architecture, 'policy', sampled) }),
};
