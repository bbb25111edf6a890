/** What measuring adds to counting: how much more a runtime takes than what the values of its programs add up to. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import about from '../../package.json' with { type: 'json' };
import { readJson, writeFileAtomic } from '../data/files.ts';
import type { Device, Provider } from '../engine/engine.ts';
import type { ModelConfig } from '../model/config.ts';

export const Calibration = z.strictObject({
  /** Bytes that the first programs of a process bring with them: the runtime, and what a driver prepares. */
  first: z.number().nonnegative(),
  /** Bytes of a prepared program for each of its nodes. */
  perNode: z.number().nonnegative(),
  /** Bytes that runs take for each byte that their values are counted at. */
  factor: z.number().min(1),
});
export type Calibration = z.infer<typeof Calibration>;

/** Of GPT-2 shapes on Linux with ONNX Runtime 1.30: where nothing can be measured. */
export const usualCalibration: Calibration = { first: 15e6, perNode: 30e3, factor: 1.08 };

/** Milliseconds: a probe takes two seconds on a machine that has nothing else to do; drawn in software, minutes. */
const TIMEOUT = 300_000;

export interface CalibrationOptions {
  /** Where calibrations are kept; without it none is kept. */
  readonly file?: string;
  /** Measure where none is kept; otherwise the usual one has to do. */
  readonly measure?: boolean;
  /** The Node that measures; this process's own by default. */
  readonly node?: string;
}

/** The calibration of a device's runtime for models of a shape; measured once, in a process of its own. */
export async function calibrationFor(
  config: ModelConfig,
  { provider, name }: Pick<Device, 'provider' | 'name'>,
  { file, measure = false, node = process.execPath }: CalibrationOptions,
): Promise<Calibration> {
  const small = reduced(config);
  const key = `${provider} (${name}), ONNX Runtime ${about.dependencies['onnxruntime-node']}, Node ${process.version}, ${JSON.stringify(small)}`;
  const kept = read(file);
  if (kept[key]) return kept[key];
  const measured = measure ? await probe(small, provider, node) : undefined;
  if (measured && file !== undefined) keep(file, { ...read(file), [key]: measured });
  return measured ?? usualCalibration;
}

/** What does not bear on how a runtime lays out its memory is made small, so that measuring takes seconds. */
export function reduced(config: ModelConfig): ModelConfig {
  const { heads, keyValueHeads, width, feedForwardWidth, layers, vocabularySize } = config;
  const share = Math.min(1, MOST_HEADS / heads);
  const fewer = (count: number) => Math.max(1, Math.round(count * share));
  const group = heads / keyValueHeads;
  return {
    ...config,
    layers: Math.min(layers, 2),
    vocabularySize: Math.min(vocabularySize, 4096),
    context: Math.min(config.context, 512),
    heads: group * Math.max(1, Math.floor(fewer(heads) / group)),
    keyValueHeads: Math.max(1, Math.floor(fewer(heads) / group)),
    width: fewer(width),
    feedForwardWidth: fewer(feedForwardWidth),
  };
}

const MOST_HEADS = 8;

const Kept = z.record(z.string(), Calibration);

/** A file that cannot be read is as good as none: what it held can be measured again. */
function read(file: string | undefined): z.infer<typeof Kept> {
  if (file === undefined || !existsSync(file)) return {};
  try {
    return Kept.parse(readJson(file));
  } catch {
    return {};
  }
}

/** What cannot be kept is measured again another time. */
function keep(file: string, calibrations: z.infer<typeof Kept>): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileAtomic(file, `${JSON.stringify(calibrations, null, 2)}\n`);
  } catch {
    return;
  }
}

async function probe(
  config: ModelConfig,
  provider: Provider,
  node: string,
): Promise<Calibration | undefined> {
  const script = fileURLToPath(new URL('./probe.ts', import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(node, [script, JSON.stringify(config), provider], {
      timeout: TIMEOUT,
    });
    return Calibration.parse(JSON.parse(stdout));
  } catch {
    return undefined;
  }
}
