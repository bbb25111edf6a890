/** The commands that train: one for every algorithm, `resume` and `fork`. */
import { Option, type Command } from 'commander';
import { algorithms, type AlgorithmName } from '../contract/algorithms.ts';
import { presetNames, type PresetName } from '../contract/settings.ts';
import { Cancelled, ConfigurationError } from '../contract/errors.ts';
import { RunFolder } from '../project/run-folder.ts';
import {
  forkJob,
  isFinished,
  nameOfDevice,
  resumeJob,
  runJob,
  type JobHost,
  type JobResult,
} from '../workbench/jobs.ts';
import { describePlan } from '../planner/words.ts';
import { roles, type JobRequest, type Role } from '../workbench/request.ts';
import { addDeviceFlags, deviceOptions, type DeviceFlags } from './device-flags.ts';
import { collect, parseSettings, wholeNumber } from './flags.ts';
import { memoryMeans, planRun } from './plan-command.ts';
import { createProgress } from './progress.ts';
import { settingsHelp } from './settings-help.ts';
import { interruptible, runCommand, withEngine } from './terminal.ts';

const descriptions: Record<AlgorithmName, string> = {
  pretrain: 'learn a language from plain text',
  sft: 'supervised fine-tuning on demonstrations',
  'reward-model': 'learn a reward from rankings of K completions',
  ppo: 'reinforcement learning against a reward model; PPO-ptx where ptxCoef is not 0',
};

interface DataFlag {
  readonly flag: string;
  readonly what: string;
}

/** `--data` is what an algorithm cannot do without; the others have flags of their own. */
const dataFlags: Record<Role, DataFlag> = {
  texts: {
    flag: '--data',
    what: 'texts: .jsonl of {text}, or plain text with blank lines between documents',
  },
  demonstrations: { flag: '--demonstrations', what: 'demonstrations: .jsonl of {prompt, completion}' },
  rankings: {
    flag: '--data',
    what: 'rankings: .jsonl of {prompt, completions, ranks, ended?} or {prompt, chosen, rejected}',
  },
  prompts: { flag: '--data', what: 'prompts: .jsonl of {prompt}' },
  validation: { flag: '--validation', what: 'held-out data of the same form: measured, never learned from' },
  pretraining: { flag: '--pretraining', what: 'pretraining text to mix in' },
  pretrainingValidation: {
    flag: '--pretraining-validation',
    what: 'held-out pretraining text: measured, never learned from',
  },
  watched: {
    flag: '--watched',
    what: 'prompts of which the first 8 are answered now and then, for samples.jsonl: .jsonl of {prompt}',
  },
};

/** The flag of a role: the first one required is `--data`. */
const flagOf = (algorithm: AlgorithmName, role: Role): string =>
  roles[algorithm].required[0] === role ? '--data' : dataFlags[role].flag;

const toField = (flag: string): string =>
  flag.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

interface PlanFlags extends DeviceFlags {
  readonly model?: string;
  readonly config?: string;
  readonly tokenizer?: string;
  readonly rewardModel?: string;
  readonly preset: PresetName;
  readonly set?: string[];
  readonly seed: number;
}

interface RunFlags extends PlanFlags {
  readonly out: string;
}

/** Adds a command for every algorithm, those that go on with a run, and those that only plan one. */
export function addTrainingCommands(program: Command): void {
  const names = Object.keys(algorithms) as AlgorithmName[];
  for (const algorithm of names)
    addAlgorithm(program, algorithm)
      .requiredOption('--out <folder>', 'the folder of the run; must not exist or be empty')
      .action((flags: RunFlags) => runCommand(() => train(algorithm, flags)));
  addResume(program);
  addFork(program);
  const plan = program.command('plan').description('say how much memory a run would take, and begin nothing');
  for (const algorithm of names)
    addAlgorithm(plan, algorithm).action((flags: PlanFlags) =>
      runCommand(() => planRun(toRequest(algorithm, { ...flags, out: '.' }), flags)),
    );
}

function addAlgorithm(parent: Command, algorithm: AlgorithmName): Command {
  const { required, optional, rewardModel } = roles[algorithm];
  const command = parent.command(algorithm).description(descriptions[algorithm]);
  if (algorithm === 'pretrain') {
    command.option('--model <folder>', 'the model to go on from');
    command.option('--config <file>', 'instead of --model: the config.json of a model with fresh weights');
    command.option('--tokenizer <folder>', 'with --config: a folder with tokenizer.json');
  } else command.requiredOption('--model <folder>', 'the model to start from');
  if (rewardModel === 'required') command.requiredOption('--reward-model <folder>', 'the reward model');
  if (rewardModel === 'optional')
    command.option('--reward-model <folder>', 'scores answers to the validation prompts after every epoch');
  for (const role of required) command.requiredOption(`--data <files...>`, dataFlags[role].what);
  for (const role of optional) command.option(`${flagOf(algorithm, role)} <files...>`, dataFlags[role].what);
  command
    .addOption(new Option('--preset <name>', 'a set of settings').choices(presetNames).default('small'))
    .option('--set <name=value>', 'change a setting of the preset; as often as needed', collect)
    .option('--seed <n>', 'where all randomness comes from', wholeNumber, 0);
  return addDeviceFlags(command).addHelpText('after', settingsHelp(algorithms[algorithm]));
}

async function train(algorithm: AlgorithmName, flags: RunFlags): Promise<void> {
  const request = toRequest(algorithm, flags);
  await work(flags, (host) => runJob(request, host), flags.out);
}

function toRequest(algorithm: AlgorithmName, flags: RunFlags): JobRequest {
  const { rewardModel, preset, set, seed, out } = flags;
  const given = flags as unknown as Record<string, string[] | undefined>;
  const all: readonly Role[] = [...roles[algorithm].required, ...roles[algorithm].optional];
  const data = all.flatMap((role) => {
    const files = given[toField(flagOf(algorithm, role))];
    return files ? [[role, files] as const] : [];
  });
  return {
    algorithm,
    model: startOf(flags),
    ...(rewardModel !== undefined && { rewardModel }),
    data: Object.fromEntries(data),
    preset,
    settings: parseSettings(algorithms[algorithm], set),
    seed,
    out,
  };
}

/** A model folder or, for pretraining, what fresh weights are made from. */
function startOf({ model, config, tokenizer }: RunFlags): JobRequest['model'] {
  if (model !== undefined && config === undefined && tokenizer === undefined) return model;
  if (model === undefined && config !== undefined && tokenizer !== undefined) return { config, tokenizer };
  throw new ConfigurationError('give either --model, or --config and --tokenizer together');
}

/** Does a job on the device of the flags, shows its progress, and says where its model is or how to go on. */
async function work(
  flags: DeviceFlags,
  job: (host: JobHost) => Promise<JobResult>,
  folder: string,
): Promise<void> {
  const progress = createProgress(process.stderr);
  const stopping = () => progress.note('stopping after this step; press Ctrl-C again to stop at once');
  try {
    const { model } = await withEngine(deviceOptions(flags), (engine) =>
      interruptible(stopping, (signal) =>
        job({
          engine,
          signal,
          memory: memoryMeans(),
          onPlan: (plan) => progress.note(describePlan(plan)),
          onProgress: ({ algorithm, ...made }) => progress.update({ label: algorithm, ...made }),
        }),
      ),
    );
    progress.done();
    process.stdout.write(`the model is in ${model}\n`);
  } catch (error) {
    progress.done();
    if (error instanceof Cancelled) sayHowToResume(folder);
    throw error;
  }
}

function sayHowToResume(folder: string): void {
  const step = RunFolder.open(folder).latestCheckpoint()?.step;
  process.stderr.write(
    `saved a checkpoint at step ${step}; to go on: npm run workbench -- resume ${folder}\n`,
  );
}

function addResume(program: Command): void {
  const command = program
    .command('resume <run>')
    .description('go on with a run that was stopped, from its last checkpoint');
  addDeviceFlags(command).action((folder: string, flags: DeviceFlags) =>
    runCommand(async () => {
      const run = RunFolder.open(folder);
      if (isFinished(run)) process.stderr.write(`${folder} is finished\n`);
      const resume = (host: JobHost) => {
        sayOfOtherDevice(run, nameOfDevice(host.engine.device));
        return resumeJob(folder, host);
      };
      await work(flags, resume, folder);
    }),
  );
}

function sayOfOtherDevice(run: RunFolder, device: string): void {
  const before = run.manifest.device;
  if (device !== before && !isFinished(run))
    process.stderr.write(`the run began on ${before}; on ${device} it will not be the same to the bit\n`);
}

interface ForkFlags extends DeviceFlags {
  readonly step?: number;
  readonly set?: string[];
  readonly out: string;
}

function addFork(program: Command): void {
  const command = program
    .command('fork <run>')
    .description('a new run from a checkpoint of another, with other settings')
    .option('--step <n>', 'the step of the checkpoint; the latest kept by default', wholeNumber)
    .option('--set <name=value>', 'change a setting of the run; as often as needed', collect)
    .requiredOption('--out <folder>', 'the folder of the new run; must not exist or be empty');
  addDeviceFlags(command).action((folder: string, flags: ForkFlags) =>
    runCommand(async () => {
      const { algorithm } = RunFolder.open(folder).manifest;
      const { step, set, out } = flags;
      const settings = parseSettings(algorithms[algorithm], set);
      const request = { settings, out, ...(step !== undefined && { step }) };
      await work(flags, (host) => forkJob(folder, request, host), out);
    }),
  );
}
