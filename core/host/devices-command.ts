/** `devices`: what can compute here, how fast it is, what is chosen and why. */
import type { Command } from 'commander';
import { EngineError } from '../contract/errors.ts';
import { discoverDevices } from '../engine/devices.ts';
import type { Device } from '../engine/engine.ts';
import type { Measurement } from '../engine/measure.ts';
import { measureDevice } from '../engine/measuring.ts';
import { memoryOf, type DeviceMemory } from '../engine/memory.ts';
import { chooseDevice } from '../engine/open.ts';
import { runCommand } from './terminal.ts';

export function addDevicesCommand(program: Command): void {
  program
    .command('devices')
    .description('list what can compute here, what is chosen and why, and measure each for about a second')
    .option('--no-measure', 'only list them')
    .action(({ measure }: { measure: boolean }) => runCommand(() => listDevices(measure)));
}

async function listDevices(measure: boolean): Promise<void> {
  const blocks: string[] = [];
  // One after the other: they share the processor and its memory.
  for (const device of await discoverDevices()) blocks.push(await describe(device, measure));
  const { device: chosen, notices } = await chooseDevice();
  const why = notices[0] ?? 'the first that can be used and is not drawn in software';
  process.stdout.write(`${blocks.join('\n')}\n\nchosen: ${chosen.provider}\nwhy: ${why}\n`);
}

const INDENT = 12;

async function describe(device: Device, measure: boolean): Promise<string> {
  const { provider, name, driver, others = [], unusable, software, float16 } = device;
  const facts =
    unusable !== undefined
      ? [`cannot be used: ${unusable}`]
      : [
          software && 'usable, but drawn in software',
          memoryWords(await memoryOf(device), float16),
          measure && (await speedWords(device)),
        ];
  const lines = [
    driver === undefined ? name : `${name} (driver ${driver})`,
    ...facts.filter((fact) => typeof fact === 'string'),
    ...(others.length > 0 ? [`also seen: ${others.join(', ')}`] : []),
  ];
  return lines.map((line, i) => (i === 0 ? provider : '').padEnd(INDENT) + line).join('\n');
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

function memoryWords(memory: DeviceMemory | undefined, float16: boolean | undefined): string {
  const { total, free, shared } = memory ?? { shared: false };
  const size = total === undefined ? 'memory of unknown size' : `${gigabytes(total)} of memory`;
  const words = [
    shared ? `${size}, shared with the processor` : size,
    free !== undefined && `${gigabytes(free)} free`,
    float16 === undefined ? 'float16 unknown' : float16 ? 'float16' : 'no float16',
  ];
  return words.filter((word) => word !== false).join(', ');
}

async function speedWords({ provider }: Device): Promise<string> {
  try {
    return measurementWords(await measureDevice(provider));
  } catch (error) {
    if (error instanceof EngineError) return error.message;
    throw error;
  }
}

function measurementWords({
  gigaflops,
  size,
  gigabytesPerSecond,
  emptyRunMilliseconds,
}: Measurement): string {
  const speeds = [
    `${Number(gigaflops.toPrecision(3))} GFLOP/s (matrices of ${size})`,
    `${Number(gigabytesPerSecond.toPrecision(3))} GB/s`,
    `${Number(emptyRunMilliseconds.toPrecision(2))} ms an empty run`,
  ];
  return speeds.join(', ');
}
