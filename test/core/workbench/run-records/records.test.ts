/** What the window is told of runs, from runs that were really trained. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../../../core/engine/engine.ts';
import { Tokenizer } from '../../../../core/model/tokenizer.ts';
import { Project } from '../../../../core/project/project.ts';
import { RunFolder } from '../../../../core/project/run-folder.ts';
import { forkJob, runJob } from '../../../../core/workbench/jobs.ts';
import { annotate, annotationsOf } from '../../../../core/workbench/run-records/annotations.ts';
import { emptyBin, listBin, removeRun, restoreRun } from '../../../../core/workbench/run-records/bin.ts';
import { DiskUse } from '../../../../core/workbench/run-records/disk-use.ts';
import { lineageOf } from '../../../../core/workbench/run-records/lineage.ts';
import { rolloutsOf } from '../../../../core/workbench/run-records/rollouts.ts';
import { watchedAnswers } from '../../../../core/workbench/run-records/samples.ts';
import { findRun, listRuns, runsOf } from '../../../../core/workbench/runs.ts';
import { openTestEngine } from '../../../support/engine.ts';
import { addItems, alone, byId, firstItem, submission } from '../../project/projects.ts';
import { runManifest } from '../../project/runs.ts';
import { jsonLines, tinyRequests, tinyWorld, type World } from '../tiny.ts';

let engine: Engine;
let world: World;
let project: Project;
let snapshot: { readonly id: number; readonly folder: string };

const runAt = (name: string): string => join(runsOf(project), name);

/** A reward model from the project's own rankings, the policy that it made, and a fork of that. */
beforeAll(async () => {
  engine = await openTestEngine();
  world = tinyWorld();
  project = Project.create(mkdtempSync(join(tmpdir(), 'records-')), 'Test', { seed: 7 });
  const { id: labeler } = project.labelers.add({ name: 'Ann' });
  addItems(project, 3, 3);
  for (let n = 0; n < 3; n++) {
    const item = firstItem(project, labeler)!;
    project.rankings.submit(submission(labeler, item, byId(item)), alone);
  }
  const { id } = project.snapshots.create({ name: 'First' });
  snapshot = { id, folder: project.snapshots.rebuild({ id }).folder };
  await runJob(
    {
      ...tinyRequests['reward-model'](world, ''),
      data: { rankings: join(snapshot.folder, 'rankings.train.jsonl') },
      out: runAt('reward'),
    },
    { engine },
  );
  const ppo = tinyRequests.ppo(world, '');
  await runJob(
    { ...ppo, rewardModel: runAt('reward/checkpoints/000002/model'), out: runAt('policy') },
    { engine },
  );
  await forkJob(runAt('policy'), { step: 4, settings: { klCoef: 0.5 }, out: runAt('fork') }, { engine });
});
afterAll(async () => {
  await engine.dispose();
  project.close();
  for (const folder of [project.path, world.root]) rmSync(folder, { recursive: true });
});

describe('rollouts', () => {
  test('are told token by token, and the tokens make up the completions', () => {
    const run = findRun(project, runAt('policy'));
    const { prompts, completions, lengths, tokens, ended, scores, quantities, klCoef } = rolloutsOf(run, 3);
    const tensors = run.readRollouts(3);
    expect(quantities.advantages).toEqual(tensors.get('advantages')!.data);
    expect(scores).toEqual(tensors.get('scores')!.data);
    expect(klCoef).toBe(run.readMetrics()[2]!['objective/kl_coef']);
    const ids = tensors.get('completions')!.data;
    const tokenizer = Tokenizer.load(world.model);
    let start = 0;
    for (const [i, length] of lengths.entries()) {
      expect(prompts[i]).toMatch(/^the (cat|dog|owl|fox|hen|bee)$/);
      const said = tokenizer.decode(ids.subarray(start, start + length), { skipSpecial: true });
      expect(completions[i]).toBe(said);
      expect(tokens[start + length - 1] === '<|endoftext|>').toBe(ended[i]);
      start += length;
    }
    expect(tokens).toHaveLength(start);
  });

  test('of a fork before its first checkpoint are read by the model it began with', () => {
    const run = findRun(project, runAt('fork'));
    const bare = mkdtempSync(join(tmpdir(), 'bare-'));
    for (const name of ['run.json', 'metrics.jsonl', 'rollouts'])
      cpSync(join(run.path, name), join(bare, name), { recursive: true });
    const told = rolloutsOf(RunFolder.open(bare), 5);
    expect(told).toEqual(rolloutsOf(run, 5));
    expect(told.klCoef).toBe(0.5);
    rmSync(bare, { recursive: true });
  });
});

describe('lineage', () => {
  const lineage = (name: string) => lineageOf(project, RunFolder.open(runAt(name)));

  test('goes from a fork to its labels', () => {
    const { nodes, edges } = lineage('fork');
    const titles = new Map(nodes.map(({ id, title }) => [id, title]));
    const told = edges.map(({ from, to, role }) => `${titles.get(from)} → ${titles.get(to)}: ${role}`);
    expect(told.sort()).toEqual([
      'Ann → First: labels',
      'First → reward: rankings',
      'model → fork: model',
      'model → policy: model',
      'model → reward: model',
      'policy → fork: parent (step 4)',
      'prompts.jsonl → fork: prompts, watched',
      'prompts.jsonl → policy: prompts, watched',
      'reward → fork: reward model (step 2)',
      'reward → policy: reward model (step 2)',
      'texts.txt → fork: pretraining, pretraining validation',
      'texts.txt → policy: pretraining, pretraining validation',
    ]);
    const node = (kind: string) => nodes.find((each) => each.kind === kind);
    expect(node('labels')).toMatchObject({ title: 'Ann', detail: '3 rankings' });
    expect(node('snapshot')!.detail).toMatch(
      /^3 prompts, 0 demonstrations, 3 rankings, SHA-256 [0-9a-f]{12}$/,
    );
    expect(node('run')).toMatchObject({ title: 'fork', path: runAt('fork') });
    expect(node('run')!.detail).toMatch(/^ppo, 6 steps, \d{4}-\d\d-\d\d$/);
  });

  test('goes on through a run that was removed, even where another has its name', () => {
    const id = removeRun(project, findRun(project, runAt('reward')), 0);
    const removed = () => lineage('policy').nodes.find(({ title }) => title === 'reward');
    const before = removed();
    expect(before).toMatchObject({ kind: 'run', path: null });
    expect(before!.detail).toMatch(/^removed, reward-model, /);
    expect(lineage('policy').nodes.some(({ kind }) => kind === 'labels')).toBe(true);

    const later = RunFolder.create(runAt('reward'), runManifest({ createdAt: new Date().toISOString() }));
    later.unlock();
    expect(removed()).toEqual(before);
    expect(restoreRun(project, id)).toBe(runAt('reward-2'));
    expect(removed()).toMatchObject({ detail: 'removed' });
    rmSync(later.path, { recursive: true });
    removeRun(project, findRun(project, runAt('reward-2')), 0);
  });

  test('tells of models and files that are gone', () => {
    const gone = { path: join(world.root, 'gone'), sha256: 'ab'.repeat(32) };
    const run = RunFolder.create(
      runAt('lonely'),
      runManifest({ models: { model: gone }, data: { texts: gone } }),
    );
    run.unlock();
    const [, model, file] = lineage('lonely').nodes;
    expect(model).toMatchObject({
      kind: 'model',
      path: null,
      detail: 'no longer there, SHA-256 abababababab',
    });
    expect(file).toMatchObject({ kind: 'file', detail: 'no longer there, SHA-256 abababababab' });
    rmSync(run.path, { recursive: true });
  });
});

describe('the bin', () => {
  test('takes no run that is being trained, and keeps what it takes', async () => {
    const run = RunFolder.create(runAt('busy'), runManifest());
    run.appendMetrics(1, { loss: 1 });
    expect(() => removeRun(project, run, 0)).toThrow('busy is being trained');
    run.unlock();
    const bytes = await new DiskUse().of(run.path);
    const id = removeRun(project, run, bytes);
    expect(listBin(project)[0]).toMatchObject({ id, name: 'busy', bytes });
    expect(existsSync(run.path)).toBe(false);
    expect(listRuns(runsOf(project)).map(({ path }) => path)).not.toContain(run.path);

    writeFileSync(run.path, 'in the way');
    const restored = restoreRun(project, id);
    expect(restored).toBe(runAt('busy-2'));
    expect(readFileSync(run.path, 'utf8')).toBe('in the way');
    expect(RunFolder.open(restored).lastStep()).toBe(1);
    expect(() => restoreRun(project, id)).toThrow(/there is no removed run/);
    for (const path of [run.path, restored]) rmSync(path, { recursive: true });
  });
});

describe('emptying the bin', () => {
  const removed = (name: string): string => {
    const run = RunFolder.create(runAt(name), runManifest());
    run.unlock();
    return removeRun(project, run, 7);
  };

  test('leaves what is removed meanwhile, and what it empties cannot be restored', async () => {
    const first = removed('first');
    const emptied = emptyBin(project);
    expect(() => restoreRun(project, first)).toThrow(/there is no removed run/);
    const second = removed('second');
    expect(await emptied).toBe(7);
    expect(listBin(project).map(({ id }) => id)).toEqual([second]);
    await emptyBin(project);
    expect(existsSync(join(project.path, 'bin'))).toBe(false);
  });

  test('a note that names a place elsewhere leads no run out of the project', async () => {
    const id = removed('tame');
    const note = join(project.path, 'bin', id, 'removed.json');
    writeFileSync(note, JSON.stringify({ name: '../../wild', removedAt: 1, bytes: 1 }));
    expect(restoreRun(project, id)).toBe(runAt('wild'));
    rmSync(runAt('wild'), { recursive: true });
    await emptyBin(project);
  });
});

describe('disk use', () => {
  test('follows files that grow and folders that come', async () => {
    const use = new DiskUse();
    const run = RunFolder.create(runAt('growing'), runManifest());
    const before = await use.of(run.path);
    run.appendMetrics(1, { loss: 1 });
    const line = readFileSync(join(run.path, 'metrics.jsonl')).length;
    expect(await use.of(run.path)).toBe(before + line);
    const save = (folder: string) => writeFileSync(join(folder, 'state'), 'x'.repeat(1000));
    for (const step of [1, 2]) {
      await run.saveCheckpoint(step, save, { keep: 2 });
      expect(await use.of(run.path)).toBe(before + line + step * 1000);
    }
    run.unlock();
    rmSync(run.path, { recursive: true });
  });
});

describe('watched answers', () => {
  test('are the first, the last and evenly spaced ones between', () => {
    const run = RunFolder.create(runAt('watched'), runManifest());
    const answer = (prompt: string, step: number) => ({
      watched: true,
      prompt,
      completion: `${step}`,
      ended: true,
    });
    for (let step = 0; step <= 1000; step++)
      run.appendSamples(step, [{ prompt: 'a', completion: 'other' }, answer('a', step), answer('b', step)]);
    const [a, b] = watchedAnswers(run);
    expect([a!.prompt, b!.prompt]).toEqual(['a', 'b']);
    const steps = a!.answers.map(({ step }) => step);
    expect(steps).toHaveLength(200);
    expect([steps[0], steps.at(-1)]).toEqual([0, 1000]);
    const gaps = steps.slice(1).map((step, i) => step - steps[i]!);
    expect([Math.min(...gaps), Math.max(...gaps)]).toEqual([5, 6]);
    expect(a!.answers[0]).toEqual({ step: 0, completion: '0', ended: true, score: null, gold: null });
    run.unlock();
    rmSync(run.path, { recursive: true });
  });
});

test('a spoilt file of annotations says nothing, and can be written again', () => {
  const run = findRun(project, runAt('policy'));
  writeFileSync(join(run.path, 'annotations.json'), '{"tags": 3');
  expect(annotationsOf(run)).toEqual({ tags: [], note: '' });
  annotate(run, { note: 'again' });
  expect(annotationsOf(run)).toEqual({ tags: [], note: 'again' });
});

test('a run of elsewhere is none of the project', () => {
  expect(() => findRun(project, jsonLines(join(world.root, 'x.jsonl'), []))).toThrow(
    /is no run of this project/,
  );
  cpSync(runAt('policy'), join(world.root, 'copy'), { recursive: true });
  expect(() => findRun(project, join(world.root, 'copy'))).toThrow(/is no run of this project/);
});
