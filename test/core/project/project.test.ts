import Database from 'better-sqlite3';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { ProjectError } from '../../../core/contract/errors.ts';
import { isProject, Project } from '../../../core/project/project.ts';
import { addItems, keep, newFolder, newProject, reopened, textsOf } from './projects.ts';

const labelForever = join(import.meta.dirname, 'label-forever.ts');
const openOnce = join(import.meta.dirname, 'open-once.ts');

/** A closed project with something in it. */
function closedProject(): string {
  const project = Project.create(newFolder(), 'Closed', { seed: 7 });
  addItems(project, 200);
  project.close();
  return project.path;
}

/** The bytes of every file under a folder. */
const bytesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'base64')]));

function expectUntouched(folder: string, refusal: string | RegExp): void {
  const before = bytesIn(folder);
  expect(() => Project.open(folder)).toThrow(ProjectError);
  expect(() => Project.open(folder)).toThrow(refusal);
  expect(bytesIn(folder)).toEqual(before);
}

function alter(folder: string, sql: string): void {
  const database = new Database(join(folder, 'project.sqlite'));
  database.exec(sql);
  database.close();
}

describe('a new project', () => {
  it('is what it was made as, after reopening', () => {
    const project = keep(
      Project.create(join(newFolder(), 'deep', 'folder'), 'My project', { starter: true }),
    );
    project.setGuidelines('Be kind.');
    const { id } = project.labelers.add({ name: 'Ann' });
    project.labelers.choose({ id });
    mkdirSync(join(project.path, 'runs', 'sft'), { recursive: true });
    writeFileSync(join(project.path, 'runs', 'sft', 'run.json'), '{}');
    mkdirSync(join(project.path, 'runs', 'unfinished'));
    expect(reopened(project).summary()).toEqual({
      path: project.path,
      name: 'My project',
      starter: true,
      counts: { prompts: 0, demonstrations: 0, completions: 0, rankings: 0, runs: 1 },
      labeler: { id, name: 'Ann', heldOut: false, simulated: false, createdAt: expect.any(Number) as number },
      guidelines: 'Be kind.',
    });
  });

  it('is refused where there is one already, or anything else', () => {
    const project = newProject();
    expect(() => Project.create(project.path, 'again')).toThrow(`${project.path} holds a project already`);
    const folder = newFolder();
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    expect(() => Project.create(folder, 'x')).toThrow(`${folder} is not empty (it holds notes.txt)`);
    expect(readdirSync(folder)).toEqual(['notes.txt']);
    expect(() => Project.create(join(folder, 'notes.txt', 'x'), 'x')).toThrow(ProjectError);
  });

  it('leaves nothing beside its database once it is closed', () => {
    expect(readdirSync(closedProject())).toEqual(['project.alignment', 'project.sqlite']);
  });
});

describe('opening refuses, and touches nothing,', () => {
  it('a folder without a project', () => {
    const folder = newFolder();
    expect(isProject(folder)).toBe(false);
    expectUntouched(folder, `${folder} holds no project`);
  });

  it('a file that is no database', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'project.sqlite'), 'not a database at all');
    expectUntouched(folder, 'project.sqlite is not a database');
    truncateSync(join(folder, 'project.sqlite'));
    expectUntouched(folder, 'project.sqlite is not a database');
  });

  it('the database of another program', () => {
    const folder = newFolder();
    alter(folder, 'CREATE TABLE t (a)');
    expectUntouched(folder, 'project.sqlite is a database of another program');
  });

  it('a project of a newer workbench', () => {
    const folder = closedProject();
    alter(folder, 'PRAGMA user_version = 99');
    expectUntouched(folder, /version 99, and this workbench knows versions up to \d+: open it with a newer/);
  });

  it('a project of a newer workbench that was killed before its version reached the file', () => {
    const project = newProject();
    const folder = newFolder();
    const newer = new Database(join(project.path, 'project.sqlite'));
    newer.pragma('user_version = 99');
    for (const name of ['project.sqlite', 'project.sqlite-wal'])
      copyFileSync(join(project.path, name), join(folder, name));
    newer.close();
    expectUntouched(folder, /version 99/);
  });

  it('a file cut short', () => {
    const folder = closedProject();
    const file = join(folder, 'project.sqlite');
    truncateSync(file, Math.floor(readFileSync(file).length / 2));
    expectUntouched(folder, /project\.sqlite is damaged \(.+\): restore it from a copy/);
  });

  it('a file with spoilt pages', () => {
    const folder = closedProject();
    const file = join(folder, 'project.sqlite');
    const bytes = readFileSync(file);
    for (let at = 5 * 4096; at < bytes.length; at += 16 * 4096) bytes.fill(0x5a, at, at + 200);
    writeFileSync(file, bytes);
    expectUntouched(folder, /project\.sqlite is damaged/);
  });

  it('a project that another process has open', async () => {
    const folder = closedProject();
    const other = spawn(process.execPath, [labelForever, folder]);
    try {
      await once(other.stdout, 'data');
      expect(() => Project.open(folder)).toThrow(ProjectError);
      expect(() => Project.open(folder)).toThrow(`${folder} is in use by process ${other.pid}`);
    } finally {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
  });

  it('a project that this process has open', () => {
    const project = newProject();
    expect(() => Project.open(project.path)).toThrow(`${project.path} is in use by process ${process.pid}`);
    expect(textsOf(project)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('a folder that cannot be written', () => {
    const folder = closedProject();
    const before = bytesIn(folder);
    chmodSync(folder, 0o555);
    try {
      // Nothing is closed to the superuser: another user tries it.
      const user = process.getuid!() === 0 ? { uid: 65534, gid: 65534 } : {};
      const said = execFileSync(process.execPath, [openOnce, folder], { ...user, encoding: 'utf8' });
      expect(said).toBe(
        `ProjectError: ${folder} cannot be written: permission denied; allow writing, or copy it to where you may\n`,
      );
    } finally {
      chmodSync(folder, 0o755);
    }
    expect(bytesIn(folder)).toEqual(before);
  });
});

it('a project that a killed process left opens with its log', () => {
  const project = newProject();
  addItems(project, 3);
  const folder = newFolder();
  for (const name of ['project.sqlite', 'project.sqlite-wal'])
    copyFileSync(join(project.path, name), join(folder, name));
  expect(textsOf(keep(Project.open(folder)))).toEqual(textsOf(project));
});

it('a thread may read and write beside the one that has it open', async () => {
  const project = newProject();
  expect(textsOf(project)).toEqual([]);
  const module = new URL('../../../core/project/project.ts', import.meta.url).href;
  const code = `import(${JSON.stringify(module)}).then(({ Project }) => {
    const project = Project.attach(${JSON.stringify(project.path)});
    project.prompts.add([{ text: 'beside', kind: 'plain', useCase: null, author: null, split: 'train' }]);
    project.close();
  })`;
  await once(new Worker(code, { eval: true }), 'exit');
  expect(textsOf(project)).toEqual(['beside']);
  expect(() => Project.open(project.path)).toThrow('is in use by process');
});

it('a failed opening gives its lock back', () => {
  const folder = closedProject();
  const file = join(folder, 'project.sqlite');
  const bytes = readFileSync(file);
  truncateSync(file, 8192);
  expect(() => Project.open(folder)).toThrow('damaged');
  rmSync(file);
  writeFileSync(file, bytes);
  keep(Project.open(folder));
});
