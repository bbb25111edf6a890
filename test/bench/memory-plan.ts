/**
 * How well the memory of a run is planned: every configuration is planned in one process and then really run for two
 * steps, a checkpoint and its end in another, whose peak is measured. Aim: planned / measured within 0.85 and 1.15.
 *
 *     node test/bench/memory-plan.ts [--only NAME] [--device cpu|webgpu] [--json FILE]
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { bytesWords } from '../../core/data/words.ts';
import { randomStream } from '../../core/data/random.ts';
import { showTable } from '../../core/host/table.ts';
import { readConfig } from '../../core/model/config-file.ts';
import { saveModel, withScalarHead } from '../../core/model/model.ts';
import { Tokenizer } from '../../core/model/tokenizer.ts';
import type { JobRequest } from '../../core/workbench/request.ts';
import { roughModel } from './models.ts';

const starter = resolve('resources/starter');

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    device: { type: 'string', default: 'cpu' },
    json: { type: 'string' },
  },
});

/** What the processes print. */
export interface Measured {
  readonly planned?: number;
  readonly parts?: Readonly<Record<string, number>>;
  readonly peak: number;
}

interface Model {
  readonly folder: string;
  readonly rewardModel: string;
}

const configs = {
  'gpt2-124m': {
    model_type: 'gpt2',
    vocab_size: 50257,
    n_positions: 1024,
    n_embd: 768,
    n_layer: 12,
    n_head: 12,
  },
  'llama-60m': {
    ...{ model_type: 'llama', vocab_size: 32000, max_position_embeddings: 2048, hidden_size: 512 },
    ...{ intermediate_size: 1376, num_hidden_layers: 8, num_attention_heads: 8, num_key_value_heads: 4 },
  },
} as const;

/** Weights of any kind do: only their size counts. */
function makeModel(name: keyof typeof configs, root: string): Model {
  const model = roughModel(readConfig(configs[name], name));
  const [folder, rewardModel] = [join(root, name), join(root, `${name}-reward`)] as const;
  const tokenizer = Tokenizer.load(join(starter, 'model'));
  saveModel(model, folder);
  saveModel(withScalarHead(model, randomStream(1, 'head')), rewardModel);
  for (const path of [folder, rewardModel]) tokenizer.save(path);
  return { folder, rewardModel };
}

const stories = readFileSync(join(starter, 'pretraining.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => (JSON.parse(line) as { text: string }).text);

/** Texts of so many tokens each, and so many of them. */
function texts(count: number, tokens: number): string[] {
  const tokenizer = Tokenizer.load(join(starter, 'model'));
  return Array.from({ length: count }, (_, i) => {
    const ids = tokenizer.encode(stories.slice(i, i + 60).join(' ')).slice(0, tokens);
    return tokenizer.decode(ids);
  });
}

function jsonLines(path: string, records: readonly object[]): string {
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return path;
}

interface Size {
  /** Examples a step, and tokens of each, a quarter of them the prompt's. */
  readonly batch: number;
  readonly length: number;
}

const split = (text: string): { prompt: string; completion: string } => {
  const at = text.indexOf(' ', text.length / 4);
  return { prompt: text.slice(0, at), completion: text.slice(at) };
};

type Settings = NonNullable<JobRequest['settings']>;
type MakeRequest = (model: Model, folder: string) => Omit<JobRequest, 'out'>;

const sft =
  ({ batch, length }: Size, settings: Settings): MakeRequest =>
  ({ folder: model }, folder) => ({
    ...{ algorithm: 'sft', model, preset: 'small' },
    data: {
      demonstrations: jsonLines(join(folder, 'sft.jsonl'), texts(2 * batch, length - 8).map(split)),
      validation: jsonLines(join(folder, 'held.jsonl'), texts(batch, length - 8).map(split)),
    },
    settings: { epochs: 1, batchSize: batch, pretrainingShare: 0, maxPromptTokens: length, ...settings },
  });

const rewardModel =
  ({ batch, length }: Size, settings: Settings): MakeRequest =>
  ({ folder: model }, folder) => ({
    ...{ algorithm: 'reward-model', model, preset: 'small' },
    data: {
      rankings: jsonLines(
        join(folder, 'rankings.jsonl'),
        texts(2 * batch, length - 8).map((text) => {
          const { prompt, completion } = split(text);
          return {
            prompt,
            completions: [completion, completion.slice(0, -9), completion.slice(0, -19)],
            ranks: [1, 2, 3],
          };
        }),
      ),
    },
    settings: { epochs: 1, batchSize: batch, ...settings },
  });

const ppo =
  ({ batch, length }: Size, settings: Settings): MakeRequest =>
  ({ folder: model, rewardModel: reward }, folder) => ({
    ...{ algorithm: 'ppo', model, rewardModel: reward, preset: 'small' },
    data: {
      prompts: jsonLines(
        join(folder, 'prompts.jsonl'),
        texts(2 * batch, length).map((prompt) => ({ prompt })),
      ),
    },
    settings: { episodes: 2 * batch, batchSize: batch, minibatches: 2, innerEpochs: 1, ...settings },
  });

/** As the window suggests them, for two steps. */
const ofStarter =
  (algorithm: 'sft' | 'reward-model' | 'ppo'): MakeRequest =>
  (_, folder) => {
    const of = (name: string) => join(starter, `${name}.jsonl`);
    const head = (name: string, lines: number) => {
      const path = join(folder, `${name}.jsonl`);
      writeFileSync(path, `${readFileSync(of(name), 'utf8').split('\n').slice(0, lines).join('\n')}\n`);
      return path;
    };
    const reward = join(folder, 'starter-reward');
    const base = { algorithm, model: join(starter, 'model'), preset: 'starter' } as const;
    if (algorithm === 'sft')
      return {
        ...base,
        data: {
          demonstrations: head('demonstrations.train', 64),
          validation: of('demonstrations.validation'),
        },
        settings: { epochs: 1, pretrainingShare: 0 },
      };
    if (algorithm === 'reward-model') return { ...base, data: { rankings: head('rankings.train', 32) } };
    mkdirSync(reward, { recursive: true });
    const model = roughModel(
      readConfig(JSON.parse(readFileSync(join(starter, 'model/config.json'), 'utf8')), 'starter'),
    );
    saveModel(withScalarHead(model, randomStream(1, 'head')), reward);
    Tokenizer.load(join(starter, 'model')).save(reward);
    return {
      ...base,
      rewardModel: reward,
      data: { prompts: of('prompts.train') },
      settings: { episodes: 256 },
    };
  };

interface Configuration {
  readonly name: string;
  readonly model?: keyof typeof configs;
  readonly request: MakeRequest;
}

const gpt2 = (name: string, request: MakeRequest): Configuration => ({
  ...{ name: `GPT-2 124M, ${name}`, model: 'gpt2-124m', request },
});
const llama = (name: string, request: MakeRequest): Configuration => ({
  ...{ name: `Llama 60M, ${name}`, model: 'llama-60m', request },
});

const lora = { loraRank: 8, loraTargets: 'attention' } as const;

const configurations: readonly Configuration[] = [
  { name: 'starter, SFT', request: ofStarter('sft') },
  { name: 'starter, reward model', request: ofStarter('reward-model') },
  { name: 'starter, PPO', request: ofStarter('ppo') },
  gpt2('SFT 4 × 128', sft({ batch: 4, length: 128 }, { microBatchTokens: 512 })),
  gpt2('SFT 8 × 256', sft({ batch: 8, length: 256 }, { microBatchTokens: 2048 })),
  gpt2('SFT 2 × 1024', sft({ batch: 2, length: 1000 }, { microBatchTokens: 2048 })),
  gpt2('SFT 8 × 256 in 4 parts', sft({ batch: 8, length: 256 }, { microBatchTokens: 512 })),
  gpt2(
    'SFT 8 × 256, recomputed',
    sft({ batch: 8, length: 256 }, { microBatchTokens: 2048, recompute: true }),
  ),
  gpt2('SFT 8 × 256, LoRA', sft({ batch: 8, length: 256 }, { microBatchTokens: 2048, ...lora })),
  gpt2(
    'SFT 8 × 256, LoRA, float16 base, recomputed',
    sft(
      { batch: 8, length: 256 },
      { microBatchTokens: 2048, ...lora, baseFloats: 'float16', recompute: true },
    ),
  ),
  gpt2('reward model 2 × 3 × 256', rewardModel({ batch: 2, length: 256 }, { microBatchTokens: 2048 })),
  gpt2('PPO 8 × (96 + 32)', ppo({ batch: 8, length: 96 }, { microBatchTokens: 512, responseLength: 32 })),
  gpt2(
    'PPO 8 × (96 + 32), LoRA',
    ppo({ batch: 8, length: 96 }, { microBatchTokens: 512, responseLength: 32, ...lora }),
  ),
  llama('SFT 8 × 512', sft({ batch: 8, length: 512 }, { microBatchTokens: 4096 })),
  llama(
    'SFT 8 × 512, recomputed',
    sft({ batch: 8, length: 512 }, { microBatchTokens: 4096, recompute: true }),
  ),
];

async function inProcess(what: 'plan' | 'run', request: JobRequest, calibrations: string): Promise<Measured> {
  const script = fileURLToPath(new URL('./memory-plan-process.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    script,
    what,
    JSON.stringify(request),
    ...[calibrations, values.device],
  ]);
  return JSON.parse(stdout) as Measured;
}

const root = mkdtempSync(join(tmpdir(), 'memory-plan-'));
const models = new Map<string, Model>();
const rows: { name: string; planned: number; measured: number; parts: Measured['parts'] }[] = [];
try {
  for (const [i, { name, model, request }] of configurations.entries()) {
    if (values.only !== undefined && !name.includes(values.only)) continue;
    if (model && !models.has(model)) models.set(model, makeModel(model, root));
    const folder = join(root, `data-${i}`);
    mkdirSync(folder);
    const asked = {
      ...request(models.get(model ?? '') ?? { folder: '', rewardModel: '' }, folder),
      out: join(folder, 'run'),
    };
    const { planned, parts } = await inProcess('plan', asked, join(root, 'calibrations.json'));
    const { peak } = await inProcess('run', asked, join(root, 'calibrations.json'));
    rmSync(folder, { recursive: true });
    rows.push({ name, planned: planned!, measured: peak, parts });
    const most = Object.entries(parts!)
      .slice(0, 4)
      .map(([part, bytes]) => `${part} ${bytesWords(bytes)}`);
    process.stderr.write(
      `${name}: ${bytesWords(planned!)} / ${bytesWords(peak)} = ${(planned! / peak).toFixed(3)} (${most.join(', ')})\n`,
    );
  }
} finally {
  rmSync(root, { recursive: true });
}
const table = rows.map(({ name, planned, measured }) => [
  ...[name, bytesWords(planned), bytesWords(measured), (planned / measured).toFixed(3)],
]);
process.stdout.write(`${showTable([['configuration', 'planned', 'measured', 'ratio'], ...table])}\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
