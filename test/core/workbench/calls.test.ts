/** Every call of the contract, answered by a whole workbench. A call without a case here does not compile. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { calls, type CallName, type CallOutput, type ImportMapping } from '../../../core/contract/calls.ts';
import type { PromptFields } from '../../../core/contract/entities.ts';
import { TestBench } from './open-workbench.ts';
import { tinyRequests, tinyWorld, type World } from './tiny.ts';

let bench: TestBench;
let world: World;
let projects = 0;

beforeAll(async () => {
  world = tinyWorld();
  bench = await TestBench.open();
});
afterAll(async () => {
  await bench.close();
  rmSync(world.root, { recursive: true });
});
beforeEach(async () => {
  bench.called.clear();
  await bench.call('project.create', { path: bench.at('projects', String(++projects)), name: 'Test' });
});

const effort = { activeMs: 4000, idleMs: 1000 };

const prompt = (text: string, fields: Partial<PromptFields> = {}): PromptFields => ({
  text,
  ...{ kind: 'plain', useCase: null, author: null, split: 'train' },
  ...fields,
});

const addPrompts = (...prompts: PromptFields[]) => bench.call('prompts.add', { prompts });
const page = async () => (await bench.call('prompts.page', { offset: 0, limit: 100 })).rows;
const texts = async () => (await page()).map(({ text }) => text);
const addLabeler = async (name = 'Ada') => (await bench.call('labelers.add', { name })).id;

/** A prompt that waits for a labeler's answer. */
async function waitingPrompt() {
  await addPrompts(prompt('the cat'));
  const labeler = await addLabeler();
  const item = (await bench.call('demonstrate.item', { labeler }))!;
  return { labeler, prompt: item.prompt.id };
}

async function submitDemonstration() {
  const asked = await waitingPrompt();
  const { change } = await bench.call('demonstrate.submit', { ...asked, text: ' sat', effort });
  return { ...asked, change };
}

/** Sampled completions that wait to be ranked. */
async function waitingItem() {
  await addPrompts(prompt('the cat'));
  const { work } = await bench.call('rank.sample', {
    models: [world.model],
    ...{ prompts: 1, completions: 3, maxTokens: 8 },
  });
  expect(await bench.ended(work)).toMatchObject({ state: 'done' });
  const labeler = await addLabeler();
  return { labeler, item: (await bench.call('rank.item', { labeler }))! };
}

async function submitRanking() {
  const { labeler, item } = await waitingItem();
  const shownOrder = item.candidates.map(({ id }) => id);
  const ranks = Object.fromEntries(shownOrder.map((id, i) => [id, i + 1]));
  const { id, seed } = item;
  const change = await bench.call('rank.submit', {
    ...{ labeler, item: id, answer: { ranks }, shownOrder, seed, effort },
  });
  return { labeler, item, ranks, change: change.change };
}

const mapping: ImportMapping = {
  layout: 'prompt-completion',
  columns: { prompt: 'prompt', completion: 'completion' },
  defaults: {},
};

/** An import of the tiny demonstrations, its bytes sent as a window sends them. */
async function upload(): Promise<string> {
  const { id } = await bench.call('import.begin', { file: 'demonstrations.jsonl' });
  const bytes = readFileSync(world.demonstrations);
  await bench.call('import.append', { id, bytes: bytes.subarray(0, 100) });
  await bench.call('import.append', { id, bytes: bytes.subarray(100) });
  return id;
}

async function train(name: string, steps = 4) {
  const { algorithm, data, preset, settings } = tinyRequests.pretrain(world, '');
  const files = Object.fromEntries(Object.entries(data).map(([role, paths]) => [role, [paths].flat()]));
  const { work } = await bench.call('runs.start', {
    ...{ name, algorithm, model: world.model, data: files },
    ...{ preset: preset!, settings: { ...settings, steps } },
  });
  return work;
}

/** Stops a run that would never end, after a step or more. */
async function stoppedRun(): Promise<CallOutput<'runs.list'>[number]> {
  const work = await train('long', 1_000_000);
  await bench.work(work, ({ done }) => done > 0);
  await bench.call('work.stop', { id: work });
  expect(await bench.ended(work)).toMatchObject({ state: 'cancelled', resumable: true });
  return (await bench.call('runs.list', {}))[0]!;
}

const cases: { readonly [N in CallName]: () => Promise<void> } = {
  'app.about': async () => {
    expect(await bench.call('app.about', {})).toMatchObject({ host: 'browser', platform: process.platform });
  },
  'app.settings': async () => {
    expect(await bench.call('app.settings', {})).toMatchObject({
      device: 'cpu',
      dataFolder: bench.at('data'),
    });
  },
  'app.changeSettings': async () => {
    await bench.call('app.changeSettings', { theme: 'dark' });
    expect(await bench.call('app.settings', {})).toMatchObject({ theme: 'dark', device: 'cpu' });
    expect(bench.heard.findLast(({ event }) => event === 'settings')?.data).toMatchObject({ theme: 'dark' });
  },
  'app.devices': async () => {
    const { devices, chosen, because } = await bench.call('app.devices', {});
    expect(devices.find(({ provider }) => provider === 'cpu')).toMatchObject({ usable: true });
    expect({ chosen, because }).toEqual({ chosen: 'cpu', because: 'the settings ask for it' });
  },
  'app.folders': async () => {
    mkdirSync(bench.at('projects', 'plain'), { recursive: true });
    const { parent, folders } = await bench.call('app.folders', { path: bench.at('projects') });
    expect(parent).toBe(bench.root);
    expect(folders).toContainEqual({ name: 'plain', path: bench.at('projects', 'plain'), project: false });
    expect(folders).toContainEqual({ name: '1', path: bench.at('projects', '1'), project: true });
    await expect(bench.call('app.folders', { path: 'projects' })).rejects.toThrow(/not a whole path/);
  },

  'projects.recent': async () => {
    const path = bench.at('projects', String(projects));
    expect((await bench.call('projects.recent', {}))[0]).toMatchObject({ path, name: 'Test', present: true });
  },
  'projects.forget': async () => {
    const path = bench.at('projects', String(projects));
    await bench.call('projects.forget', { path });
    expect(await bench.call('projects.recent', {})).not.toContainEqual(expect.objectContaining({ path }));
  },
  'project.create': async () => {
    const path = bench.at('projects', 'created');
    expect(await bench.call('project.create', { path, name: 'Made' })).toMatchObject({ path, name: 'Made' });
    const relative = bench.call('project.create', { path: 'somewhere', name: 'Made' });
    await expect(relative).rejects.toThrow('somewhere is not a whole path');
  },
  'project.open': async () => {
    const path = bench.at('projects', String(projects));
    await addPrompts(prompt('kept'));
    await bench.call('project.close', {});
    expect(await bench.call('project.open', { path })).toMatchObject({ counts: { prompts: 1 } });
    await expect(bench.call('project.open', { path: bench.at('absent') })).rejects.toThrow(/absent/);
    expect(await bench.call('project.current', {})).toMatchObject({ path });
  },
  'project.openStarter': async () => {
    expect(await bench.call('project.openStarter', {})).toMatchObject({ starter: true, labeler: null });
  },
  'project.current': async () => {
    expect(await bench.call('project.current', {})).toMatchObject({ name: 'Test' });
  },
  'project.close': async () => {
    await bench.call('project.close', {});
    expect(await bench.call('project.current', {})).toBeNull();
    await expect(page()).rejects.toThrow('no project is open: open or create one first');
  },
  'project.setGuidelines': async () => {
    await bench.call('project.setGuidelines', { text: 'Be kind.' });
    expect(await bench.call('project.current', {})).toMatchObject({ guidelines: 'Be kind.' });
  },

  'prompts.page': async () => {
    await addPrompts(prompt('a'), prompt('b'), prompt('c'));
    const { total, rows } = await bench.call('prompts.page', {
      sort: { by: 'text', descending: true },
      ...{ offset: 1, limit: 1 },
    });
    expect({ total, texts: rows.map(({ text }) => text) }).toEqual({ total: 3, texts: ['b'] });
  },
  'prompts.facets': async () => {
    await addPrompts(prompt('a', { author: 'Bo' }), prompt('b', { kind: 'few-shot' }));
    const facets = await bench.call('prompts.facets', {});
    expect(facets).toMatchObject({ total: 2, kinds: { plain: 1, 'few-shot': 1 }, splits: { train: 2 } });
  },
  'prompts.add': async () => {
    expect(await addPrompts(prompt('a'), prompt('b'))).toMatchObject({ count: 2 });
    await expect
      .poll(() => bench.heard.at(-1))
      .toMatchObject({ event: 'project', data: { counts: { prompts: 2 } } });
    expect(bench.heard.findLast(({ event }) => event === 'changed')?.data).toEqual({
      parts: ['prompts', 'demonstrations', 'rankings'],
    });
  },
  'prompts.edit': async () => {
    await addPrompts(prompt('a'));
    await bench.call('prompts.edit', { id: (await page())[0]!.id, fields: { text: 'changed' } });
    expect(await texts()).toEqual(['changed']);
  },
  'prompts.remove': async () => {
    await addPrompts(prompt('a'), prompt('b', { author: 'Bo' }));
    expect(await bench.call('prompts.remove', { filter: { authors: ['Bo'] } })).toMatchObject({ count: 1 });
    expect(await texts()).toEqual(['a']);
  },
  'prompts.duplicates': async () => {
    await addPrompts(prompt('The cat'), prompt('the  cat'), prompt('a dog'));
    const { groups, surplus } = await bench.call('prompts.duplicates', { kind: 'exact' });
    expect({ surplus, sizes: groups.map((group) => group.length) }).toEqual({ surplus: 1, sizes: [2] });
  },
  'prompts.personalData': async () => {
    await addPrompts(prompt('write to ada@example.org'));
    const found = await bench.call('prompts.personalData', {});
    expect(found).toMatchObject([{ kind: 'e-mail', text: 'ada@example.org', start: 9, end: 24 }]);
  },
  'prompts.redact': async () => {
    await addPrompts(prompt('write to ada@example.org'));
    const findings = await bench.call('prompts.personalData', {});
    await bench.call('prompts.redact', { findings });
    expect(await texts()).toEqual(['write to [e-mail]']);
  },
  'prompts.beyondAuthorLimit': async () => {
    await addPrompts(...['a', 'b', 'c'].map((text) => prompt(text, { author: 'Bo' })));
    const { authors, ids } = await bench.call('prompts.beyondAuthorLimit', { most: 2 });
    expect(authors).toEqual([{ name: 'Bo', count: 3 }]);
    expect(ids).toHaveLength(1);
  },
  'prompts.splitByAuthor': async () => {
    await addPrompts(...['Bo', 'Cy', 'Di', 'Ed'].map((author) => prompt(author, { author })));
    await bench.call('prompts.splitByAuthor', { validation: 0.25, test: 0.25, seed: 1 });
    const dealt = (await page()).map(({ split }) => split).sort();
    expect(dealt).toEqual(['test', 'train', 'train', 'validation']);
  },

  'changes.undo': async () => {
    const { change } = await addPrompts(prompt('a'));
    const { undone, change: undo } = await bench.call('changes.undo', { change });
    expect(undone).toBe('1 prompt added');
    expect(await texts()).toEqual([]);
    await bench.call('changes.undo', { change: undo });
    expect(await texts()).toEqual(['a']);
    await expect(bench.call('changes.undo', { change: 99 })).rejects.toThrow(/there is no change 99/);
  },

  'changes.lastLabel': async () => {
    const { labeler, item } = await submitRanking();
    const last = () => bench.call('changes.lastLabel', { labeler, queue: 'rank' });
    const made = await last();
    expect(made).toMatchObject({ item: item.id });
    const { change: undo } = await bench.call('changes.undo', { change: made!.change });
    expect(await last()).toBeNull();
    await bench.call('changes.undo', { change: undo });
    expect(await last()).toEqual(made);
  },

  'import.begin': async () => {
    const { id } = await bench.call('import.begin', { file: 'data', path: world.demonstrations });
    expect(await bench.call('import.check', { id, mapping })).toMatchObject({ demonstrations: 6 });
    const absent = bench.call('import.begin', { file: 'x', path: bench.at('absent.jsonl') });
    await expect(absent).rejects.toThrow(/absent\.jsonl cannot be read: there is no such file/);
    await expect(bench.call('import.begin', { file: 'x', path: 'x.jsonl' })).rejects.toThrow(
      /not a whole path/,
    );
  },
  'import.append': async () => {
    const { id } = await bench.call('import.begin', { file: 'x', path: world.demonstrations });
    const sent = bench.call('import.append', { id, bytes: Uint8Array.of(1) });
    await expect(sent).rejects.toThrow(/send no bytes/);
    await expect(bench.call('import.append', { id: 'none', bytes: Uint8Array.of(1) })).rejects.toThrow(
      /over/,
    );
  },
  'import.inspect': async () => {
    const preview = await bench.call('import.inspect', { id: await upload() });
    expect(preview).toMatchObject({ file: 'demonstrations.jsonl', format: 'jsonl', rows: 6 });
    expect(preview.suggested).toMatchObject({ layout: 'prompt-completion' });
  },
  'import.check': async () => {
    const report = await bench.call('import.check', { id: await upload(), mapping });
    expect(report).toMatchObject({ prompts: 6, demonstrations: 6, duplicates: 0, errors: { count: 0 } });
    expect(await texts()).toEqual([]);
  },
  'import.commit': async () => {
    const id = await upload();
    const { change, ...report } = await bench.call('import.commit', { id, mapping, skipDuplicates: true });
    expect(report).toMatchObject({ prompts: 6, demonstrations: 6 });
    expect(await texts()).toHaveLength(6);
    await bench.call('changes.undo', { change: change! });
    expect(await texts()).toEqual([]);
  },
  'import.cancel': async () => {
    const id = await upload();
    await bench.call('import.check', { id, mapping });
    await bench.call('import.cancel', { id });
    await expect(bench.call('import.commit', { id, mapping, skipDuplicates: true })).rejects.toThrow(
      'this import is over: begin it again',
    );
    await bench.call('import.cancel', { id });
  },
  'export.write': async () => {
    await submitDemonstration();
    const { path, rows } = await bench.call('export.write', { layout: 'prompt-completion' });
    expect(rows).toBe(1);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ prompt: 'the cat', completion: ' sat' });
    await expect(bench.call('export.write', { layout: 'ranking' })).rejects.toThrow(/nothing in the project/);
  },

  'labelers.list': async () => {
    await addLabeler();
    expect(await bench.call('labelers.list', {})).toMatchObject([{ name: 'Ada', heldOut: false }]);
  },
  'labelers.add': async () => {
    expect(await bench.call('labelers.add', { name: 'Ada' })).toMatchObject({ simulated: false });
    await expect(bench.call('labelers.add', { name: 'Ada' })).rejects.toThrow(/Ada/);
  },
  'labelers.change': async () => {
    const id = await addLabeler();
    const changed = await bench.call('labelers.change', { id, heldOut: true });
    expect(changed).toMatchObject({ name: 'Ada', heldOut: true });
  },
  'labelers.choose': async () => {
    const id = await addLabeler();
    await bench.call('labelers.choose', { id });
    expect(await bench.call('project.current', {})).toMatchObject({ labeler: { id } });
  },
  'labelers.report': async () => {
    const { labeler } = await submitRanking();
    expect(await bench.call('labelers.report', {})).toMatchObject([
      { labeler: { id: labeler }, rankings: 1, medianActiveMs: effort.activeMs },
    ]);
  },
  'labelers.screening': async () => {
    const { labeler, item } = await submitRanking();
    expect(await bench.call('labelers.screening', {})).toBeNull();
    await bench.call('labelers.setScreening', { owner: labeler, items: [item.id] });
    expect(await bench.call('labelers.screening', {})).toEqual({ owner: labeler, items: [item.id] });
  },
  'labelers.setScreening': async () => {
    const { labeler, item } = await submitRanking();
    await bench.call('labelers.setScreening', { owner: labeler, items: [item.id] });
    const other = await addLabeler('Bo');
    expect(await bench.call('rank.item', { labeler: other })).toMatchObject({ id: item.id });
  },

  'demonstrate.item': async () => {
    const { labeler, prompt: id } = await waitingPrompt();
    const item = await bench.call('demonstrate.item', { labeler, item: id });
    expect(item).toMatchObject({ prompt: { text: 'the cat' }, status: 'pending', draft: null });
  },
  'demonstrate.saveDraft': async () => {
    const asked = await waitingPrompt();
    await bench.call('demonstrate.saveDraft', { ...asked, text: ' sa' });
    const item = await bench.call('demonstrate.item', { labeler: asked.labeler, item: asked.prompt });
    expect(item).toMatchObject({ status: 'draft', draft: ' sa' });
  },
  'demonstrate.submit': async () => {
    const { labeler, prompt: item } = await submitDemonstration();
    expect(await bench.call('demonstrate.item', { labeler, item })).toMatchObject({
      ...{ status: 'submitted', submitted: ' sat' },
    });
  },
  'demonstrate.skip': async () => {
    const asked = await waitingPrompt();
    await bench.call('demonstrate.skip', { ...asked, reason: 'unclear', effort });
    expect(await bench.call('demonstrate.counts', { labeler: asked.labeler })).toMatchObject({
      pending: 0,
      skipped: 1,
    });
  },
  'demonstrate.flag': async () => {
    const asked = await waitingPrompt();
    await bench.call('demonstrate.flag', { ...asked, reason: 'rude' });
    const item = await bench.call('demonstrate.item', { labeler: asked.labeler, item: asked.prompt });
    expect(item).toMatchObject({ flag: 'rude' });
  },
  'demonstrate.modelAnswer': async () => {
    const asked = { model: world.model, prompt: (await waitingPrompt()).prompt };
    await expect(bench.call('demonstrate.modelAnswer', asked)).rejects.toThrow(
      /switch it on in the settings/,
    );
    const { labeling } = await bench.call('app.settings', {});
    await bench.call('app.changeSettings', { labeling: { ...labeling, startFromModel: true } });
    expect((await bench.call('demonstrate.modelAnswer', asked)).text).not.toBe('');
  },
  'demonstrate.counts': async () => {
    const { labeler } = await submitDemonstration();
    expect(await bench.call('demonstrate.counts', { labeler })).toEqual({
      ...{ pending: 0, draft: 0, submitted: 1, skipped: 0, flagged: 0 },
    });
  },
  'demonstrate.countTokens': async () => {
    const count = (text: string) =>
      bench.call('demonstrate.countTokens', { model: world.model, prompt: 'the cat', text });
    const [empty, some] = [await count(''), await count(' sat')];
    expect(empty).toMatchObject({ context: 48, text: 1 });
    expect(some.prompt).toBe(empty.prompt);
    expect(some.text).toBeGreaterThan(1);
  },

  'rank.item': async () => {
    const { item } = await waitingItem();
    expect(item).toMatchObject({ prompt: { text: 'the cat' }, status: 'pending' });
    expect(item.candidates).toHaveLength(3);
  },
  'rank.saveDraft': async () => {
    const { labeler, item } = await waitingItem();
    const draft = { ranks: { [item.candidates[0]!.id]: 2 } };
    await bench.call('rank.saveDraft', { labeler, item: item.id, draft });
    expect(await bench.call('rank.item', { labeler, item: item.id })).toMatchObject({
      status: 'draft',
      draft,
    });
  },
  'rank.submit': async () => {
    const { labeler, item, ranks } = await submitRanking();
    const again = await bench.call('rank.item', { labeler, item: item.id });
    expect(again).toMatchObject({ status: 'submitted', submitted: { ranks } });
  },
  'rank.skip': async () => {
    const { labeler, item } = await waitingItem();
    await bench.call('rank.skip', { labeler, item: item.id, reason: 'unclear', effort });
    expect(await bench.call('rank.counts', { labeler })).toMatchObject({ pending: 0, skipped: 1 });
  },
  'rank.flag': async () => {
    const { labeler, item } = await waitingItem();
    await bench.call('rank.flag', { labeler, item: item.id, reason: 'rude' });
    expect(await bench.call('rank.item', { labeler, item: item.id })).toMatchObject({ flag: 'rude' });
  },
  'rank.counts': async () => {
    const { labeler } = await waitingItem();
    expect(await bench.call('rank.counts', { labeler })).toMatchObject({ pending: 1, submitted: 0 });
  },
  'rank.reveal': async () => {
    const { labeler, item } = await submitRanking();
    const revealed = await bench.call('rank.reveal', { labeler, item: item.id });
    expect(revealed).toHaveLength(3);
    for (const { origin } of revealed)
      expect(origin).toMatchObject({ kind: 'sampled', name: world.model, settings: { temperature: 1 } });
  },
  'rank.sample': async () => {
    const asked = { prompts: 1, completions: 2 };
    const none = bench.call('rank.sample', { ...asked, models: [world.model] });
    await expect(none).rejects.toThrow('no prompt matches: change the filter, or add prompts');
    await addPrompts(prompt('the cat'));
    const wrong = bench.call('rank.sample', { ...asked, models: [world.rewardModel] });
    await expect(wrong).rejects.toThrow(
      /is a reward model .* but completions are sampled from a language model/,
    );
  },
  'rank.scoreQueue': async () => {
    await expect(bench.call('rank.scoreQueue', { model: world.rewardModel })).rejects.toThrow(
      /no ranking item/,
    );
    await waitingItem();
    const { work } = await bench.call('rank.scoreQueue', { model: world.rewardModel });
    expect(await bench.ended(work)).toMatchObject({ state: 'done', done: 1, message: '1 item scored' });
  },

  'snapshots.list': async () => {
    expect(await bench.call('snapshots.list', {})).toEqual([]);
  },
  'snapshots.create': async () => {
    await submitDemonstration();
    const made = await bench.call('snapshots.create', { name: 'first' });
    expect(made).toMatchObject({ name: 'first', counts: { prompts: 1, demonstrations: 1 } });
    expect(await bench.call('snapshots.list', {})).toEqual([made]);
  },
  'snapshots.rebuild': async () => {
    await submitDemonstration();
    const { id, sha256 } = await bench.call('snapshots.create', { name: 'first' });
    const rebuilt = await bench.call('snapshots.rebuild', { id });
    expect(rebuilt.sha256).toBe(sha256);
    expect(existsSync(rebuilt.folder)).toBe(true);
  },

  'models.list': async () => {
    expect(await bench.call('models.list', {})).toMatchObject([
      { name: 'Starter: base model', context: 256 },
    ]);
    expect(await bench.ended(await train('short'))).toMatchObject({ state: 'done' });
    await stoppedRun();
    const names = (await bench.call('models.list', {})).map(({ name }) => name);
    expect(names).toEqual(['Starter: base model', expect.stringMatching(/^long, step \d+$/), 'short']);
  },
  'models.add': async () => {
    expect(await bench.call('models.add', { path: world.rewardModel })).toMatchObject({ head: 'scalar' });
    expect((await bench.call('models.list', {})).at(-1)).toMatchObject({ path: world.rewardModel });
    await expect(bench.call('models.add', { path: bench.root })).rejects.toThrow(
      /config\.json cannot be read/,
    );
  },
  'models.forget': async () => {
    await bench.call('models.add', { path: world.model });
    await bench.call('models.forget', { path: world.model });
    expect(await bench.call('models.list', {})).not.toContainEqual(
      expect.objectContaining({ path: world.model }),
    );
  },
  'runs.list': async () => {
    writeFileSync(bench.at('stray'), '');
    expect(await bench.call('runs.list', {})).toEqual([]);
    const run = await stoppedRun();
    expect(run).toMatchObject({ name: 'long', algorithm: 'pretrain', state: 'stopped', resumable: true });
    expect(run.step).toBeGreaterThan(0);
  },
  'runs.start': async () => {
    expect(await bench.ended(await train('a run'))).toMatchObject({ state: 'done', done: 4, total: 4 });
    await bench.ended(await train('a run'));
    const runs = await bench.call('runs.list', {});
    expect(runs.map(({ name }) => name).sort()).toEqual(['a-run', 'a-run-2']);
    expect(runs[0]).toMatchObject({ state: 'finished', step: 4, resumable: false });
    await expect(
      bench.call('runs.start', {
        name: 'x',
        algorithm: 'ppo',
        model: world.model,
        data: {},
        preset: 'small',
      }),
    ).rejects.toThrow(/ppo needs a file of prompts/);
  },
  'runs.resume': async () => {
    const { path, step } = await stoppedRun();
    const { work } = await bench.call('runs.resume', { path });
    await bench.work(work, ({ done }) => done > step);
    await bench.call('work.stop', { id: work });
    await bench.ended(work);
    const elsewhere = bench.call('runs.resume', { path: world.root });
    await expect(elsewhere).rejects.toThrow(/is no stopped run of this project/);
  },
  'work.list': async () => {
    const work = await train('listed');
    await bench.ended(work);
    expect((await bench.call('work.list', {}))[0]).toMatchObject({ id: work, kind: 'run', state: 'done' });
  },
  'work.stop': async () => {
    const first = await train('first', 1_000_000);
    const second = await train('second');
    expect(bench.isWorking).toBe(true);
    await bench.call('work.stop', { id: second });
    expect(await bench.ended(second)).toMatchObject({ state: 'cancelled', resumable: false });
    await bench.work(first, ({ done }) => done > 0);
    await bench.call('work.stop', { id: first });
    await bench.ended(first);
    expect(bench.isWorking).toBe(false);
    expect((await bench.call('runs.list', {})).map(({ name }) => name)).toEqual(['first']);
  },
};

describe('a workbench answers', () => {
  test.each(Object.keys(calls) as CallName[])('%s', async (name) => {
    await cases[name]();
    expect(bench.called).toContain(name);
  });
});
