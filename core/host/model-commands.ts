/** The commands that use a model without training it: `sample`, `score` and `devices`. */
import type { Command } from 'commander';
import { discoverDevices } from '../engine/devices.ts';
import type { Device } from '../engine/engine.ts';
import { openEngine } from '../engine/open.ts';
import { sampleCompletions, scoreCompletions } from '../workbench/sampling.ts';
import { addDeviceFlags, deviceOptions, type DeviceFlags } from './device-flags.ts';
import { collect, positive, realNumber, wholeNumber } from './flags.ts';
import { runCommand, withEngine } from './terminal.ts';

export function addModelCommands(program: Command): void {
  addSample(program);
  addScore(program);
  program
    .command('devices')
    .description('list what can compute here, what is chosen and why')
    .action(() => runCommand(listDevices));
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
    .option('--seed <n>', 'where all randomness comes from', wholeNumber, 0);
  addDeviceFlags(command).action((flags: SampleFlags) => runCommand(() => sample(flags)));
}

function sample(flags: SampleFlags): Promise<void> {
  const { model, prompt = [], data = [], samples, temperature, topK, topP, maxTokens, seed } = flags;
  const request = { model, prompts: prompt, data, samples, temperature, topK, topP, maxTokens, seed };
  return withEngine(deviceOptions(flags), async (engine) => {
    for await (const chunk of sampleCompletions(request, engine)) writeLines(chunk);
  });
}

interface ScoreFlags extends DeviceFlags {
  readonly model: string;
  readonly data: string[];
}

function addScore(program: Command): void {
  const command = program
    .command('score')
    .description(
      'log-probabilities (of a language model) or rewards (of a reward model) of completions, as JSON lines',
    )
    .requiredOption('--model <folder>', 'the model')
    .requiredOption('--data <files...>', 'completions: .jsonl of {prompt, completion, ended?}');
  addDeviceFlags(command).action((flags: ScoreFlags) =>
    runCommand(() =>
      withEngine(deviceOptions(flags), async (engine) => writeLines(await scoreCompletions(flags, engine))),
    ),
  );
}

function writeLines(records: readonly object[]): void {
  process.stdout.write(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

async function listDevices(): Promise<void> {
  const devices = await discoverDevices();
  const { engine, notices } = await openEngine({});
  const chosen = engine.device.provider;
  await engine.dispose();
  const rows = devices.map((device) => [device.provider, device.name, stateOf(device)]);
  const why = notices[0] ?? 'the first that can be used and is not drawn in software';
  process.stdout.write(`${table([['device', 'name', 'state'], ...rows])}\n`);
  process.stdout.write(`\nchosen: ${chosen}\nwhy: ${why}\n`);
}

function stateOf({ unusable, software }: Device): string {
  if (unusable !== undefined) return `cannot be used: ${unusable}`;
  return software ? 'usable, but drawn in software' : 'usable';
}

function table(rows: readonly (readonly string[])[]): string {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]!.length));
  const widths = rows[0]!.map((_, column) => width(column));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
