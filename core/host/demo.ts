/**
 * `npm run demo`: all of InstructGPT on the starter project. Supervised fine-tuning, a reward model, PPO and
 * PPO-ptx, and what each did to answers on prompts of authors that no stage has seen.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { ConfigurationError } from '../contract/errors.ts';
import { writeFileAtomic } from '../data/files.ts';
import { randomStream } from '../data/random.ts';
import { readPrompts, readTexts } from '../data/records.ts';
import type { Interval } from '../data/wilson.ts';
import type { Engine, Provider } from '../engine/engine.ts';
import { winRate } from '../evaluation/intervals.ts';
import { PolicyEvaluator, type PolicyReport } from '../evaluation/policy.ts';
import { loadModel } from '../model/model.ts';
import { RunFolder } from '../project/run-folder.ts';
import { StarterLabelers } from '../starter/simulated.ts';
import { mean } from '../training/estimators.ts';
import { runJob, type JobResult } from '../workbench/jobs.ts';
import type { JobRequest } from '../workbench/request.ts';
import { cutIntoWindows, Texts } from '../workbench/texts.ts';
import { createProgress, type Progress } from './progress.ts';
import { interruptible, runCommand, withEngine } from './terminal.ts';
import { showTable } from './table.ts';

const starter = resolve(import.meta.dirname, '../../resources/starter');
const file = (name: string) => join(starter, name);

/** What the demonstration sets beyond the `starter` preset. */
const PTX_COEFFICIENT = 0.3;
const EVALUATION = {
  temperature: 1,
  responseLength: 56,
  answersPerPrompt: 3,
  microBatchTokens: 4096,
} as const;
const PRETRAINING_WINDOW = 64;
const PRETRAINING_WINDOWS = 128;
const SHOWN_PROMPTS = 4;

const stageNames = ['base', 'sft', 'ppo', 'ppoPtx'] as const;
type StageName = (typeof stageNames)[number];
const titles: Record<StageName, string> = { base: 'base', sft: 'SFT', ppo: 'PPO', ppoPtx: 'PPO-ptx' };

interface Demo {
  readonly engine: Engine;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly seed: number;
  readonly out: string;
}

/** One stage in the final table and in `--json`. */
interface StageResult {
  /** Mean hidden preference, 0 to 1. */
  readonly gold: number;
  readonly winRateVsSft: Interval;
  readonly rewardModelScore: number;
  readonly kl: number;
  readonly pretrainingLoss: number;
  readonly responseLength: number;
}

interface DemoResult {
  readonly seed: number;
  readonly stages: Record<StageName, StageResult>;
  /** Share of held-out prompts on which SFT's answers have the higher mean hidden preference. */
  readonly sftBeatsBase: number;
  readonly rewardModel: { readonly heldOutAccuracy: number };
  readonly ppo: { readonly firstUpdateRatio: number };
  readonly seconds: number;
  readonly peakMemoryBytes: number;
  readonly settings: Record<string, unknown>;
}

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('it must be a whole number.');
  return value;
};

const program = new Command('demo')
  .description('SFT, reward model, PPO and PPO-ptx on the starter project, in minutes on two cores.')
  .option('--seed <number>', 'seed of every random stream', whole, 0)
  .option('--out <folder>', 'where the runs go; a new temporary folder by default')
  .option('--json <file>', 'write the results as one JSON object')
  .option('--device <device>', 'cpu, webgpu or auto', 'cpu')
  .option('--threads <count>', 'processor threads; all cores by default', whole)
  .action(
    (options: { seed: number; out?: string; json?: string; device: Provider | 'auto'; threads?: number }) =>
      runCommand(() =>
        interruptible(
          () => process.stderr.write('stopping at the next checkpoint\n'),
          async (signal) => {
            const { seed, device, threads } = options;
            const out = options.out ? resolve(options.out) : mkdtempSync(join(tmpdir(), 'alignment-demo-'));
            mkdirSync(out, { recursive: true });
            await withEngine({ device, ...(threads && { threads }) }, async (engine) => {
              const progress = createProgress(process.stderr);
              const { result, reports } = await demo({ engine, progress, signal, seed, out });
              progress.done();
              show(result, reports, out);
              if (options.json) writeFileAtomic(options.json, `${JSON.stringify(result, null, 2)}\n`);
            });
          },
        ),
      ),
  );

async function demo(context: Demo): Promise<{ result: DemoResult; reports: Reports }> {
  const began = performance.now();
  const { seed } = context;
  const base = file('model');
  const sft = await train(context, 'SFT', 'sft', {
    algorithm: 'sft',
    model: base,
    data: {
      demonstrations: file('demonstrations.train.jsonl'),
      validation: file('demonstrations.validation.jsonl'),
      pretraining: file('pretraining.jsonl'),
    },
  });
  const rewardModel = await train(context, 'reward model', 'reward-model', {
    algorithm: 'reward-model',
    model: sft.model,
    data: {
      rankings: file('rankings.train.jsonl'),
      validation: file('rankings.validation.jsonl'),
      demonstrations: file('demonstrations.train.jsonl'),
    },
  });
  const reinforce = (label: string, name: string, settings: Record<string, number>) =>
    train(context, label, name, {
      algorithm: 'ppo',
      model: sft.model,
      rewardModel: rewardModel.model,
      data: {
        prompts: file('prompts.train.jsonl'),
        pretraining: file('pretraining.jsonl'),
        pretrainingValidation: file('pretraining.validation.jsonl'),
      },
      settings,
    });
  const ppo = await reinforce('PPO', 'ppo', {});
  const ppoPtx = await reinforce('PPO-ptx', 'ppo-ptx', { ptxCoef: PTX_COEFFICIENT });

  const folders = { base, sft: sft.model, ppo: ppo.model, ppoPtx: ppoPtx.model };
  const reports = await evaluate(context, folders, rewardModel.model);
  const result: DemoResult = {
    seed,
    stages: stageResults(reports, seed),
    sftBeatsBase: mean(
      reports.gold.sft.map((scores, i) => Number(mean(scores) > mean(reports.gold.base[i]!))),
    ),
    rewardModel: { heldOutAccuracy: lastMetric(rewardModel, 'eval_accuracy') },
    ppo: { firstUpdateRatio: 1 + firstMetric(ppo, 'val/first_ratio_error') },
    seconds: (performance.now() - began) / 1000,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    settings: Object.fromEntries(
      Object.entries({ sft, rewardModel, ppo, ppoPtx }).map(([name, { run }]) => [
        name,
        RunFolder.open(run).manifest.configuration,
      ]),
    ),
  };
  return { result, reports };
}

type Request = Omit<JobRequest, 'preset' | 'seed' | 'out'>;

function train({ engine, progress, signal, seed, out }: Demo, label: string, name: string, request: Request) {
  return runJob(
    { ...request, preset: 'starter', seed, out: join(out, name) },
    {
      engine,
      signal,
      onProgress: (made) => progress.update({ ...made, label }),
      gold,
    },
  );
}

const labelers = new StarterLabelers(starter);

/** The hidden preference. */
const gold = (prompt: string, text: string, ended: boolean) => labelers.gold(prompt, { text, ended })!;

interface Reports {
  readonly prompts: readonly string[];
  readonly policies: Record<StageName, PolicyReport>;
  /** `[prompt][answer]`, as in the policies' answers. */
  readonly gold: Record<StageName, number[][]>;
  /** SFT's answers once more, drawn independently: what every stage is compared with. */
  readonly baseline: number[][];
}

async function evaluate(
  { engine, progress, seed }: Demo,
  folders: Record<StageName, string>,
  rewardModel: string,
): Promise<Reports> {
  progress.note('evaluating on the prompts of held-out authors');
  const texts = Texts.load(folders.base);
  const prompts = readPrompts(file('prompts.test.jsonl')).map(({ prompt }) => prompt);
  const documents = readTexts(file('pretraining.validation.jsonl')).map(({ text }) => text);
  const evaluator = await PolicyEvaluator.start(
    engine,
    {
      tokenizer: texts.tokenizer,
      endTokens: texts.endTokens,
      prompts: prompts.map((prompt) => texts.prompt(prompt)),
      reference: loadModel(folders.sft),
      rewardModel: loadModel(rewardModel),
      pretraining: cutIntoWindows(texts.documents(documents), PRETRAINING_WINDOW).slice(
        0,
        PRETRAINING_WINDOWS,
      ),
    },
    { ...EVALUATION, seed },
  );
  const goldScores = ({ answers }: PolicyReport) =>
    answers.map((drawn, i) => drawn.map(({ text, ended }) => gold(prompts[i]!, text, ended)));
  const baseline = goldScores(await evaluator.evaluate(loadModel(folders.sft), 'baseline'));
  const policies = {} as Record<StageName, PolicyReport>;
  for (const name of stageNames) policies[name] = await evaluator.evaluate(loadModel(folders[name]), 'stage');
  await evaluator.dispose();
  const scored = stageNames.map((name) => [name, goldScores(policies[name])] as const);
  return { prompts, policies, gold: Object.fromEntries(scored) as Reports['gold'], baseline };
}

function stageResults({ policies, gold, baseline }: Reports, seed: number): Record<StageName, StageResult> {
  const results = stageNames.map((name): [StageName, StageResult] => {
    const { rewardModelScore, kl, pretrainingLoss, responseLength } = policies[name];
    const preferred = {
      gold: mean(gold[name].flat()),
      winRateVsSft: winRate(gold[name], baseline, randomStream(seed, 'win rate', name)),
    };
    return [name, { ...preferred, rewardModelScore, kl, pretrainingLoss, responseLength }];
  });
  return Object.fromEntries(results) as Record<StageName, StageResult>;
}

function lastMetric({ run }: JobResult, name: string): number {
  const values = RunFolder.open(run)
    .readMetrics()
    .flatMap((record) => record[name] ?? []);
  if (values.length === 0) throw new ConfigurationError(`${run} has no metric ${name}`);
  return values.at(-1)!;
}

const firstMetric = ({ run }: JobResult, name: string): number =>
  RunFolder.open(run).readMetrics()[0]![name]!;

function show(result: DemoResult, reports: Reports, out: string): void {
  const percent = (share: number) => `${(100 * share).toFixed(0)}%`;
  const rows = stageNames.map((name) => {
    const stage = result.stages[name];
    const { mean: rate, low, high } = stage.winRateVsSft;
    return [
      titles[name],
      stage.gold.toFixed(3),
      `${percent(rate)} (${percent(low)} to ${percent(high)})`,
      stage.rewardModelScore.toFixed(2),
      stage.kl.toFixed(1),
      stage.pretrainingLoss.toFixed(3),
      stage.responseLength.toFixed(1),
    ];
  });
  const header = ['', 'gold', 'win rate vs SFT (95%)', 'RM score', 'KL to SFT', 'pretraining loss', 'length'];
  console.log(showTable([header, ...rows]));
  console.log(
    `\nSFT beats base on ${percent(result.sftBeatsBase)} of ${reports.prompts.length} held-out prompts; ` +
      `reward-model accuracy on held-out pairs ${percent(result.rewardModel.heldOutAccuracy)}; ` +
      `first PPO ratio ${result.ppo.firstUpdateRatio.toFixed(6)}.\n` +
      'gold: hidden preference, 0 to 1; KL: nats a completion; pretraining loss: nats a token; length: tokens.\n',
  );
  showAnswers(reports);
  const megabytes = Math.round(result.peakMemoryBytes / 1e6);
  console.log(`${result.seconds.toFixed(0)} s, ${megabytes} MB at most; the runs are in ${out}`);
}

/** The prompts furthest apart in the file, each with every stage's answer. */
function showAnswers({ prompts, policies, gold }: Reports): void {
  for (let i = 0; i < SHOWN_PROMPTS; i++) {
    const at = Math.floor((i * prompts.length) / SHOWN_PROMPTS);
    console.log(prompts[at]!.trimEnd());
    for (const name of stageNames) {
      const { text, ended } = policies[name].answers[at]![0]!;
      const line = `${text.replaceAll('\n', ' / ')}${ended ? '' : ' …'}`;
      console.log(`  ${titles[name].padEnd(8)} ${gold[name][at]![0]!.toFixed(2)}  ${line}`);
    }
    console.log();
  }
}

await program.parseAsync();
