/** The model folders that completions can be sampled from or scored by. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ModelFolder as FolderSchema } from '../contract/calls.ts';
import { Path } from '../contract/entities.ts';
import { WorkbenchError } from '../contract/errors.ts';
import type { RunFolder } from '../project/run-folder.ts';
import { describeModel } from '../model/model.ts';
import type { HeadKind } from '../model/parameters.ts';
import { isFinished, modelOf } from './run-model.ts';
import { requireHead } from './sources.ts';
import { StateFile } from './state-file.ts';

export type ModelFolder = z.infer<typeof FolderSchema>;

/** The embedded project: its model, prompts, demonstrations and rankings. */
export const starterFolder = fileURLToPath(new URL('../../resources/starter', import.meta.url));

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
    const folder = describeFolder(path, basename(path));
    this.#file.write([...this.#file.value.filter((other) => other !== path), path]);
    return folder;
  }

  forget(path: string): void {
    this.#file.write(this.#file.value.filter((other) => other !== path));
  }
}

/** The starter's base model, what the runs made or have come to, and what was added; only what can be read. */
export function listModels(runs: readonly RunFolder[], added: readonly string[]): ModelFolder[] {
  const found = [
    { path: join(starterFolder, 'model'), name: 'Starter: base model' },
    ...runs.flatMap(modelOfRun),
    ...added.map((path) => ({ path, name: basename(path) })),
  ];
  return found.flatMap(({ path, name }) => tryDescribe(path, name) ?? []);
}

/** Throws a `ModelError` where a folder holds no model, or one with the other head. */
export function requireModel(path: string, head: HeadKind, purpose: string): void {
  requireHead({ model: describeModel(path), where: path }, head, purpose);
}

function modelOfRun(run: RunFolder): { path: string; name: string }[] {
  const name = basename(run.path);
  if (isFinished(run)) return [{ path: modelOf(run), name }];
  const last = run.latestCheckpoint();
  if (!last) return [];
  return [{ path: join(last.path, 'model'), name: `${name}, step ${last.step}` }];
}

function tryDescribe(path: string, name: string): ModelFolder | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return describeFolder(path, name);
  } catch (error) {
    if (error instanceof WorkbenchError) return undefined;
    throw error;
  }
}

function describeFolder(path: string, name: string): ModelFolder {
  const { head, config } = describeModel(path);
  return { path, name, head, context: config.context };
}
