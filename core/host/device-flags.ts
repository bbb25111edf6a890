import { Option, type Command } from 'commander';
import type { EngineOptions } from '../engine/engine.ts';
import { positive } from './flags.ts';

/** What `--device` and `--threads` give. */
export type DeviceFlags = Pick<EngineOptions, 'device' | 'threads'>;

export const addDeviceFlags = (command: Command): Command =>
  command
    .addOption(
      new Option('--device <device>', 'where to compute')
        .choices(['auto', 'cpu', 'webgpu', 'cuda', 'tensorflow'])
        .default('auto'),
    )
    .option('--threads <n>', 'threads of the CPU; all cores by default', positive);

export const deviceOptions = ({ device, threads }: DeviceFlags): EngineOptions => ({
  ...(device && { device }),
  ...(threads !== undefined && { threads }),
});
