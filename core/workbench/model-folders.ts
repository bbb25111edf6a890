/** The model folders that completions can be sampled from or scored by. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { ModelFolder as FolderSchema } from '../contract/calls.ts';
import { Path } from '../contract/entities.ts';
import { WorkbenchError } from '../contract/errors.ts';
import type { RunFolder } from '../project/run-folder.ts';
import { describeModel } from '../model/model.ts';
import type { HeadKind } from '../model/parameters.ts';
import { isFinished, modelAt, modelOf } from './run-model.ts';
import { requireHead } from './sources.ts';
import { StateFile } from './state-file.ts';

export type ModelFolder = z.infer<typeof FolderSchema>;

/** Folders from outside a project that the person added. */
export class AddedModels {
  readonly #file: StateFile<string[]>;

  constructor(stateFolder: string, log: (line: string) => void) {
    this.#file = new StateFile(join(stateFolder, 'models.json'), z.array(Path), [], log);
  }

  list(): readonly string[] {
    return this.#file.value;
  }

  /** Throws a `ModelError` where the folder holds no model. */
  add(path: string): ModelFolder {
    const folder = describeFolder({ path, name: basename(path), run: null });
    this.#file.write([...this.#file.value.filter((other) => other !== path), path]);
    return folder;
  }

  forget(path: string): void {
    this.#file.write(this.#file.value.filter((other) => other !== path));
  }
}

type Place = Pick<ModelFolder, 'path' | 'name' | 'run'>;

/** The starter's base model, what the runs made and kept on their way, and what was added; only what can be read. */
export function listModels(
  starterModel: string,
  runs: readonly RunFolder[],
  added: readonly string[],
): ModelFolder[] {
  const starter: Place = { path: starterModel, name: 'Starter: base model', run: null };
  const others = added.map((path) => ({ path, name: basename(path), run: null }));
  return [starter, ...runs.flatMap(modelsOfRun), ...others].flatMap((place) => tryDescribe(place) ?? []);
}

/** Throws a `ModelError` where a folder holds no model, or one with the other head. */
export function requireModel(path: string, head: HeadKind, purpose: string): void {
  requireHead({ model: describeModel(path), where: path }, head, purpose);
}

/** What it made at the end, then its checkpoints before that, the latest first. */
function modelsOfRun(run: RunFolder): Place[] {
  const [name, end] = [basename(run.path), run.lastStep()];
  const at = (step: number) => ({ path: run.path, step });
  const kept = run.checkpoints().reverse();
  const checkpoints = kept.map((checkpoint) => ({
    path: modelAt(checkpoint),
    name: `${name}, step ${checkpoint.step}`,
    run: at(checkpoint.step),
  }));
  if (!isFinished(run)) return checkpoints;
  return [
    { path: modelOf(run), name, run: at(end) },
    ...checkpoints.filter((checkpoint) => checkpoint.run.step < end),
  ];
}

function tryDescribe(place: Place): ModelFolder | undefined {
  if (!existsSync(place.path)) return undefined;
  try {
    return describeFolder(place);
  } catch (error) {
    if (error instanceof WorkbenchError) return undefined;
    throw error;
  }
}

function describeFolder(place: Place): ModelFolder {
  const { head, config, adapter } = describeModel(place.path);
  return { ...place, head, adapter: adapter !== undefined, context: config.context };
}
