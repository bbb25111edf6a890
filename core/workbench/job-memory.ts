/** How much memory a job takes, before it takes any. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ConfigurationError, ModelError, WorkbenchError } from '../contract/errors.ts';
import { readJson } from '../data/files.ts';
import type { Device } from '../engine/engine.ts';
import { readConfig } from '../model/config-file.ts';
import type { ModelConfig } from '../model/config.ts';
import { describeModel } from '../model/model.ts';
import { calibrationFor, type CalibrationOptions } from '../planner/calibration.ts';
import { collectGarbage } from '../planner/garbage.ts';
import { fits, planOf, type MemoryPlan } from '../planner/plan.ts';
import { rehearse } from '../planner/rehearsal.ts';
import { findRemedy, type Changes, type MemorySettings, type Remedy } from '../planner/remedies.ts';
import { roomsFor, type RoomOptions } from '../planner/room.ts';
import { refusalOf } from '../planner/words.ts';
import { prepare, type Prepared } from './prepare.ts';
import type { Job } from './request.ts';

/** What was measured of the memory that runs take, in the state folder. */
export const CALIBRATIONS = 'calibrations.json';

export interface MemoryMeans extends RoomOptions {
  readonly calibration: CalibrationOptions;
}

/** Nothing is limited, and nothing is measured that was not measured before. */
export const plainMeans: MemoryMeans = { memoryGigabytes: 0, calibration: {} };

export interface Planned {
  readonly plan: MemoryPlan;
  /** Where it does not fit: why, and the change that would make it fit, if there is one. */
  readonly refusal?: string;
  readonly changes?: Changes;
}

/** Plans a job and, where it does not fit, looks for what would make it fit. */
export async function planJob(
  job: Job,
  prepared: Prepared,
  device: Device,
  means: MemoryMeans,
): Promise<Planned> {
  const plan = await rehearseJob(job, prepared, device, means);
  if (fits(plan)) return { plan };
  const remedy = await remedyFor(job, prepared, device, means);
  const refusal = refusalOf(plan, remedy)!;
  return { plan, refusal, ...(remedy && { changes: remedy.changes }) };
}

/** Throws a `ConfigurationError` with the change to make where a job would not fit; gives its plan otherwise. */
export async function requireRoom(...args: Parameters<typeof planJob>): Promise<MemoryPlan> {
  const { plan, refusal } = await planJob(...args);
  if (refusal !== undefined) throw new ConfigurationError(refusal);
  return plan;
}

async function rehearseJob(
  job: Job,
  { train }: Prepared,
  device: Device,
  means: MemoryMeans,
): Promise<MemoryPlan> {
  const { algorithm, seed } = job;
  const calibration = await calibrationFor(configOf(job), device, means.calibration);
  const own = processBytes();
  const rehearsed = await rehearse(train, { algorithm, seed, device });
  return planOf(rehearsed, { calibration, process: own, rooms: await roomsFor(device, means) });
}

function configOf({ model }: Job): ModelConfig {
  if (typeof model === 'string') return describeModel(model).config;
  return readConfig(readJson(model.config, ModelError), model.config);
}

/** As it was once all code was loaded. What runs before took since then may have been given back or may be taken again. */
const start = process.memoryUsage();

/** The code, and what was read for this job: garbage would tell of how it was read. */
function processBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return start.rss + Math.max(0, heapUsed - start.heapUsed) + Math.max(0, arrayBuffers - start.arrayBuffers);
}

/** Looked for with the first of the data alone: it is read anew for every change. */
const remedyFor = (
  job: Job,
  { settings }: Prepared,
  device: Device,
  means: MemoryMeans,
): Promise<Remedy | undefined> =>
  withHeads(job, (short) => {
    const replan = async (changes: Changes): Promise<MemoryPlan | undefined> => {
      const changed = { ...short, settings: { ...short.settings, ...changes } };
      try {
        return await rehearseJob(changed, prepare(changed), device, means);
      } catch (error) {
        if (error instanceof WorkbenchError) return undefined;
        throw error;
      }
    };
    return findRemedy(settings as unknown as MemorySettings, replan);
  });

/** Plans a job by the first of its data, which takes about a second however much there is. */
export const planSoon = (job: Job, device: Device, means: MemoryMeans): Promise<Planned> =>
  withHeads(job, (short) => planJob(short, prepare(short), device, means));

async function withHeads<T>(job: Job, use: (short: Job) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'workbench-plan-'));
  try {
    return await use({ ...job, data: headsOf(job.data, folder) });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Bytes of a file that are enough to know its texts by. */
const HEAD = 2 ** 20;

/** The same files, of large ones the first whole lines. */
function headsOf(data: Job['data'], folder: string): Job['data'] {
  const headOf = (path: string, number: string): string => {
    if (statSync(path).size <= HEAD) return path;
    const head = join(folder, `${number}-${basename(path)}`);
    writeFileSync(head, firstLines(path));
    return head;
  };
  return Object.fromEntries(
    Object.entries(data).map(([role, paths]) => [role, paths.map((path, i) => headOf(path, `${role}-${i}`))]),
  );
}

function firstLines(path: string): Buffer {
  const bytes = Buffer.alloc(HEAD);
  const file = openSync(path, 'r');
  try {
    readSync(file, bytes);
  } finally {
    closeSync(file);
  }
  return bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
}
