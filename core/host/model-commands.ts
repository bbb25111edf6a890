/** The commands that use a model without training it: `sample` and `score`. */
import type { Command } from 'commander';
import { sampleCompletions, scoreCompletions } from '../workbench/sampling.ts';
import { addDeviceFlags, deviceOptions, type DeviceFlags } from './device-flags.ts';
import { collect, positive, realNumber, wholeNumber } from './flags.ts';
import { runCommand, withEngine } from './terminal.ts';

export function addModelCommands(program: Command): void {
  addSample(program);
  addScore(program);
}

interface SampleFlags extends DeviceFlags {
  readonly model: string;
  readonly prompt?: string[];
  readonly data?: string[];
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly maxTokens: number;
  readonly samples: number;
  readonly seed: number;
  readonly chatTemplate: boolean;
}

function addSample(program: Command): void {
  const command = program
    .command('sample')
    .description('sample completions: JSON lines of {prompt, completion, ended, logprob}')
    .requiredOption('--model <folder>', 'the model')
    .option('--prompt <text>', 'a prompt; as often as needed', collect)
    .option('--data <files...>', 'prompts: .jsonl of {prompt}')
    .option('--samples <k>', 'completions of every prompt', positive, 1)
    .option('--temperature <t>', 'divides the logits; 0 takes the likeliest token', realNumber, 1)
    .option('--top-k <k>', 'only among the k likeliest tokens; 0 among all', wholeNumber, 0)
    .option('--top-p <p>', 'only among the likeliest that reach this probability', realNumber, 1)
    .option('--max-tokens <n>', 'most tokens of a completion', positive, 64)
    .option('--seed <n>', 'where all randomness comes from', wholeNumber, 0)
    .option(...NO_TEMPLATE);
  addDeviceFlags(command).action((flags: SampleFlags) => runCommand(() => sample(flags)));
}

function sample(flags: SampleFlags): Promise<void> {
  const { model, prompt = [], data = [], samples, temperature, topK, topP, maxTokens, seed } = flags;
  const request = {
    ...{ model, prompts: prompt, data, samples, temperature, topK, topP, maxTokens, seed },
    chatTemplate: choiceOf(flags),
  } as const;
  return withEngine(deviceOptions(flags), async (engine) => {
    for await (const chunk of sampleCompletions(request, engine)) writeLines(chunk);
  });
}

/** Commander makes `chatTemplate` of it, true unless it is given. */
const NO_TEMPLATE = [
  '--no-chat-template',
  "read prompts as they are, without the model's chat template",
] as const;
const choiceOf = ({ chatTemplate }: { readonly chatTemplate: boolean }) =>
  chatTemplate ? ('auto' as const) : ('none' as const);

interface ScoreFlags extends DeviceFlags {
  readonly model: string;
  readonly data: string[];
  readonly chatTemplate: boolean;
}

function addScore(program: Command): void {
  const command = program
    .command('score')
    .description(
      'log-probabilities (of a language model) or rewards (of a reward model) of completions, as JSON lines',
    )
    .requiredOption('--model <folder>', 'the model')
    .requiredOption('--data <files...>', 'completions: .jsonl of {prompt, completion, ended?}')
    .option(...NO_TEMPLATE);
  addDeviceFlags(command).action((flags: ScoreFlags) => runCommand(() => score(flags)));
}

function score(flags: ScoreFlags): Promise<void> {
  const request = { model: flags.model, data: flags.data, chatTemplate: choiceOf(flags) } as const;
  return withEngine(deviceOptions(flags), async (engine) =>
    writeLines(await scoreCompletions(request, engine)),
  );
}

function writeLines(records: readonly object[]): void {
  process.stdout.write(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}
