import Database from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import { Project } from '../../../core/project/project.ts';
import { addItems, alone, newFolder } from './projects.ts';

interface Promised {
  readonly kind: 'draft' | 'submitted' | 'demonstrated' | 'done';
  readonly item: number;
  readonly ranks?: Record<string, number>;
  readonly text?: string;
}

const KILLS = 20;

/** Lets a process label until it has made so many promises, and kills it; what it promised. */
async function labelAndKill(folder: string, promises: number): Promise<Promised[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'label-forever.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const made: Promised[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    made.push(JSON.parse(line) as Promised);
    if (made.length === promises) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return made;
}

function expectKept(project: Project, labeler: number, promises: readonly Promised[]): void {
  const submitted = new Set(promises.filter(({ kind }) => kind === 'submitted').map(({ item }) => item));
  for (const { kind, item, ranks, text } of promises) {
    const ranked = project.rankings.item({ labeler, item, move: 'stay' }, alone);
    if (kind === 'submitted') expect(ranked!.submitted!.ranks).toEqual(ranks);
    // The kill may have come after its submission and before that was told.
    if (kind === 'draft' && !submitted.has(item))
      expect((ranked!.draft ?? ranked!.submitted)!.ranks).toEqual(ranks);
    if (kind === 'demonstrated')
      expect(project.demonstrations.item({ labeler, item, move: 'stay' })!.submitted).toBe(text);
  }
}

it(`keeps every label whose call returned, over ${KILLS} kills`, async () => {
  const folder = newFolder();
  const made = Project.create(folder, 'Killed', { seed: 3 });
  addItems(made, 600);
  made.close();
  const stream = randomStream(5, 'kills');
  const promised: Promised[] = [];
  for (let kill = 0; kill < KILLS; kill++)
    promised.push(...(await labelAndKill(folder, 1 + stream.integer(60))));
  expect(promised.filter(({ kind }) => kind === 'submitted').length).toBeGreaterThan(KILLS);

  const project = Project.open(folder);
  expectKept(project, project.labelers.list()[0]!.id, promised);
  project.close();
  const database = new Database(join(folder, 'project.sqlite'), { readonly: true });
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  database.close();
});
