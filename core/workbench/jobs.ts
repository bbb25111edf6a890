/**
 * Training jobs, as every host starts them: checked whole before anything is written, recorded so that they can be
 * resumed, and ending in a model folder.
 */
import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { ConfigurationError, DataError, WorkbenchError } from '../contract/errors.ts';
import { PARTIAL, reason, syncFolder, syncTree } from '../data/files.ts';
import type { Device, Engine } from '../engine/engine.ts';
import type { Model } from '../model/model.ts';
import type { MemoryPlan } from '../planner/plan.ts';
import type { Tokenizer } from '../model/tokenizer.ts';
import { RunFolder, type Checkpoint, type RunManifest } from '../project/run-folder.ts';
import type { Progress } from '../training/context.ts';
import { resultAt } from '../training/sft.ts';
import { OPTIMIZER, saveModelFolder } from '../training/trainee.ts';
import type { Gold } from '../training/watched.ts';
import about from '../../package.json' with { type: 'json' };
import { plainMeans, requireRoom, type MemoryMeans } from './job-memory.ts';
import { prepare, type Prepared } from './prepare.ts';
import { parseRequest, type Job, type JobRequest } from './request.ts';
import { isFinished, modelOf } from './run-model.ts';
import { digestsOf, requireUnchanged } from './sources.ts';

/** What a host lends a job. */
export interface JobHost {
  readonly engine: Engine;
  readonly onProgress?: (progress: Progress) => void;
  /** Once aborted, the job saves a checkpoint after the step under way and throws `Cancelled`. */
  readonly signal?: AbortSignal;
  /** Measured, never learned from. */
  readonly gold?: Gold;
  /** What a run may take of memory: without it, what is free. */
  readonly memory?: MemoryMeans;
  /** Hears what memory a run will take, before it begins. */
  readonly onPlan?: (plan: MemoryPlan) => void;
}

export interface JobResult {
  /** The run's folder. */
  readonly run: string;
  /** The folder of the trained model. */
  readonly model: string;
}

/** Runs a job from its beginning. */
export async function runJob(request: JobRequest, host: JobHost): Promise<JobResult> {
  const job = parseRequest(request);
  const prepared = prepare(job);
  const plan = await requireMemory(job, prepared, host);
  return train(createRun(job, prepared, host.engine), prepared, host, plan);
}

/** Goes on with a run from its last checkpoint, or from its beginning; a finished one is returned as it is. */
export async function resumeJob(folder: string, host: JobHost): Promise<JobResult> {
  const run = RunFolder.open(folder);
  if (isFinished(run)) return { run: run.path, model: modelOf(run) };
  run.lock();
  try {
    const job = jobOf(run);
    checkSources(run, job);
    const prepared = prepare(job);
    const plan = await requireMemory(job, prepared, host);
    run.rewindTo(run.latestCheckpoint()?.step ?? BEFORE);
    return await train(run, prepared, host, plan);
  } finally {
    run.unlock();
  }
}

/** Before step 0, of which there are samples. */
const BEFORE = -1;

/** A device as a manifest names it. */
export const nameOfDevice = ({ provider, name }: Device): string => `${provider} (${name})`;

export { isFinished };

export interface ForkRequest {
  /** The step of a kept checkpoint; the latest by default. */
  readonly step?: number;
  /** Settings that differ from those of the run. */
  readonly settings?: NonNullable<JobRequest['settings']>;
  /** The folder of the new run. */
  readonly out: string;
}

/** A new run that goes on from a checkpoint of another under other settings, which its schedule follows as well. */
export async function forkJob(folder: string, request: ForkRequest, host: JobHost): Promise<JobResult> {
  const parent = RunFolder.open(folder);
  const { step } = heldFor(request) ?? requireCheckpoint(parent, request.step);
  const original = jobOf(parent);
  const settings = { ...original.settings, ...request.settings };
  const job = parseRequest({ ...original, settings, out: request.out });
  checkSources(parent, job);
  const prepared = prepare(job);
  requireSameAdapter(parent, prepared);
  if (step >= prepared.steps)
    throw new ConfigurationError(
      `step ${step} of ${parent.path} is past the end: these settings make ${prepared.steps} steps; ask for more, or fork from an earlier one`,
    );
  const plan = await requireMemory(job, prepared, host);
  return train(createRun(job, prepared, host.engine, { run: parent.path, step }), prepared, host, plan);
}

/** What an adapter is made of; its numbers would mean something else under another. */
const adapterSettings = ['loraRank', 'loraAlpha', 'loraTargets'];

/** Throws where a fork could not go on with the weights that its parent trained. */
function requireSameAdapter({ path, manifest }: RunFolder, { settings }: Prepared): void {
  // Runs of earlier versions, and pretraining, train all weights.
  const before: RunManifest['configuration'] = { loraRank: 0, ...manifest.configuration };
  const names = before['loraRank'] === 0 ? ['loraRank'] : adapterSettings;
  const changed = names.find((name) => (settings[name] ?? 0) !== before[name]);
  const shown = (value: unknown) => JSON.stringify(value);
  if (changed !== undefined)
    throw new ConfigurationError(
      `${changed} is ${shown(settings[changed])}, but ${path} trains with ${shown(before[changed])} and a fork goes on with the weights it has; leave it as it was, or begin a new run from the model of the checkpoint`,
    );
}

/** A checkpoint in the folder of the fork that waits for it: by then its parent may have let go of its own. */
const HELD = `${PARTIAL}parent`;

/** Copies a checkpoint into the folder of a fork that has to wait; `forkJob` begins with that. */
export async function holdCheckpoint({ path }: Checkpoint, out: string): Promise<void> {
  const isThere = () => fs.existsSync(path);
  await fs.promises.cp(path, join(out, HELD), { recursive: true }).catch((error: unknown) => {
    if (isThere()) throw error;
  });
  if (!isThere())
    throw new ConfigurationError(`${path} was let go of while it was copied: fork from a later step`);
}

function heldFor({ out, step }: Pick<ForkRequest, 'out' | 'step'>): Checkpoint | undefined {
  const path = join(out, HELD);
  return step !== undefined && fs.existsSync(path) ? { step, path } : undefined;
}

/**
 * Ends a run where it is: what it would return had it come to its end at its latest checkpoint becomes its model.
 * Lines after that checkpoint go. A reward model is not centred on the demonstrations then.
 */
export async function endJob(folder: string): Promise<JobResult> {
  const run = RunFolder.open(folder);
  if (isFinished(run)) throw new ConfigurationError(`${run.path} has ended already: it has its model`);
  const checkpoint = requireCheckpoint(run);
  run.lock();
  try {
    run.rewindTo(checkpoint.step);
    return { run: run.path, model: await takeModel(run, resultAt(checkpoint)) };
  } finally {
    run.unlock();
  }
}

/** Refuses what would not fit before anything of it is written. */
const requireMemory = (
  job: Job,
  prepared: Prepared,
  { engine, memory = plainMeans }: JobHost,
): Promise<MemoryPlan> => requireRoom(job, prepared, engine.device, memory);

/** Trains in a folder that this process has locked, and unlocks it. */
async function train(
  run: RunFolder,
  prepared: Prepared,
  host: JobHost,
  plan: MemoryPlan,
): Promise<JobResult> {
  const { gold, memory: _, onPlan, ...rest } = host;
  try {
    onPlan?.(plan);
    await takeParentCheckpoint(run);
    const model = await prepared.train({ ...rest, run, seed: run.manifest.seed }, gold);
    return { run: run.path, model: await writeModel(run, model, prepared.tokenizer) };
  } finally {
    run.unlock();
  }
}

/** A fork begins with a copy of its parent's checkpoint; one killed before that takes it when resumed. */
async function takeParentCheckpoint(run: RunFolder): Promise<void> {
  const { parent } = run.manifest;
  if (!parent || run.latestCheckpoint()) return;
  const held = heldFor({ out: run.path, step: parent.step });
  const { path } = held ?? requireCheckpoint(RunFolder.open(parent.run), parent.step);
  await run.saveCheckpoint(parent.step, (folder) => fs.cpSync(path, folder, { recursive: true }), {
    keep: 1,
  });
  if (held) fs.rmSync(held.path, { recursive: true });
}

/** A kept checkpoint, the latest by default; throws a `ConfigurationError` where there is none. */
export function requireCheckpoint(run: RunFolder, step?: number): Checkpoint {
  const checkpoint = step === undefined ? run.latestCheckpoint() : run.checkpointAt(step);
  if (checkpoint) return checkpoint;
  const kept = run.checkpoints().map((each) => each.step);
  if (kept.length === 0)
    throw new ConfigurationError(`${run.path} has no checkpoint yet; let it train on, or begin a new run`);
  throw new ConfigurationError(
    `${run.path} has no checkpoint of step ${step}; those kept are of ${kept.join(', ')}`,
  );
}

function createRun(
  job: Job,
  prepared: Prepared,
  { device }: Engine,
  parent?: RunManifest['parent'],
): RunFolder {
  const { out, ...request } = job;
  const manifest: RunManifest = {
    version: 1,
    algorithm: job.algorithm,
    configuration: prepared.settings,
    seed: job.seed,
    device: nameOfDevice(device),
    ...digestsOf(job),
    versions: {
      workbench: about.version,
      node: process.versions.node,
      onnxruntime: about.dependencies['onnxruntime-node'],
    },
    createdAt: new Date().toISOString(),
    steps: prepared.steps,
    ...(parent && { parent }),
    request,
  };
  try {
    return RunFolder.create(out, manifest);
  } catch (error) {
    if (error instanceof WorkbenchError) throw error;
    throw new ConfigurationError(`${out} cannot be made the folder of a run: ${reason(error)}`, {
      cause: error,
    });
  }
}

/** The job that a run was made for, with its settings as they were resolved. */
function jobOf({ path, manifest }: RunFolder): Job {
  if (typeof manifest['request'] !== 'object')
    throw new DataError(`${join(path, 'run.json')} holds no request, so the run cannot be gone on with`);
  return parseRequest({ ...manifest['request'], settings: manifest.configuration, out: path });
}

function checkSources({ manifest }: RunFolder, job: Job): void {
  const { models, data } = digestsOf(job);
  requireUnchanged(manifest.models, models);
  requireUnchanged(manifest.data, data);
}

const writeModel = (run: RunFolder, model: Model, tokenizer: Tokenizer): Promise<string> =>
  putModel(run, (folder) => saveModelFolder(model, folder, tokenizer));

/** Copies a model folder, without what an optimizer remembers. */
const takeModel = (run: RunFolder, source: string): Promise<string> =>
  putModel(run, (folder) =>
    fs.promises.cp(source, folder, { recursive: true, filter: (path) => basename(path) !== OPTIMIZER }),
  );

/** The folder takes its name once all of it is on disk: where it is, it is whole. */
async function putModel(run: RunFolder, write: (folder: string) => void | Promise<void>): Promise<string> {
  const partial = join(run.path, `${PARTIAL}model`);
  fs.rmSync(partial, { recursive: true, force: true });
  await write(partial);
  syncTree(partial);
  fs.renameSync(partial, modelOf(run));
  syncFolder(run.path);
  return modelOf(run);
}
