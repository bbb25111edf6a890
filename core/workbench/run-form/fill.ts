/** The form of a run, and what its snapshot adds to it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AlgorithmName } from '../../contract/algorithms.ts';
import type { CallArguments, CallResult } from '../../contract/calls.ts';
import { ProjectError } from '../../contract/errors.ts';
import type { Project } from '../../project/project.ts';
import type { Job, Role } from '../request.ts';
import { projectOf, readInThread, type Service } from '../service.ts';

export type RunForm = CallArguments<'runs.start'>;

/** Which file of a snapshot is what to each algorithm. */
export const snapshotFiles: { readonly [A in AlgorithmName]: Partial<Record<Role, string>> } = {
  pretrain: {},
  sft: {
    demonstrations: 'demonstrations.train',
    validation: 'demonstrations.validation',
    watched: 'prompts.validation',
  },
  'reward-model': {
    rankings: 'rankings.train',
    validation: 'rankings.validation',
    demonstrations: 'demonstrations.train',
  },
  ppo: { prompts: 'prompts.train', watched: 'prompts.validation' },
};

/** What a run is made from. */
export interface Filled {
  readonly data: Job['data'];
  readonly snapshot?: NonNullable<Job['snapshot']>;
}

/**
 * The roles that a form does not fill itself come from its snapshot, as far as that has them. Its files are rebuilt
 * where that was not done yet; `anew` makes sure that they are still what they should be.
 */
export async function fill(
  service: Service,
  { algorithm, data, snapshot }: RunForm,
  { anew = false } = {},
): Promise<Filled> {
  if (snapshot === undefined) return { data };
  const { folder, ...recorded } = await openSnapshot(service, snapshot, anew);
  const files = Object.entries(snapshotFiles[algorithm])
    .map(([role, file]): [string, string[]] => [role, [join(folder, `${file}.jsonl`)]])
    .filter(([, [path]]) => existsSync(path!));
  return { data: { ...Object.fromEntries(files), ...data }, snapshot: recorded };
}

type Rebuilt = CallResult<'snapshots.rebuild'>;

/** The snapshots that were rebuilt since a project was opened: they never change. */
const rebuilt = new WeakMap<Project, Map<number, Rebuilt>>();

async function openSnapshot(service: Service, id: number, anew: boolean) {
  const project = projectOf(service);
  const found = project.snapshots.list().find((snapshot) => snapshot.id === id);
  if (!found) throw new ProjectError(`there is no snapshot ${id}: choose one of the list`);
  const known = rebuilt.get(project) ?? new Map<number, Rebuilt>();
  rebuilt.set(project, known);
  const before = known.get(id);
  const { folder, sha256 } =
    before && !anew && existsSync(before.folder)
      ? before
      : await readInThread(service, 'snapshots.rebuild', { id });
  known.set(id, { folder, sha256 });
  return { folder, id, name: found.name, sha256 };
}
