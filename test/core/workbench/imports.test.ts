import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CallOutput, ImportMapping, Work } from '../../../core/contract/calls.ts';
import { expectSound } from '../../support/project-database.ts';
import { TestBench } from './open-workbench.ts';
import { jsonLines } from './tiny.ts';

let bench: TestBench;
let path: string;
let projects = 0;

beforeAll(async () => {
  bench = await TestBench.open();
});
beforeEach(async () => {
  path = bench.at('projects', String(++projects));
  await bench.call('project.create', { path, name: 'Test' });
});
afterAll(() => bench.close());

const mapping = (layout: ImportMapping['layout'], ...fields: string[]): ImportMapping => ({
  layout,
  columns: Object.fromEntries(fields.map((field) => [field, field])),
  defaults: {},
});
const prompts = mapping('prompts', 'prompt');
const demonstrations = mapping('prompt-completion', 'prompt', 'completion');
const preferences = mapping('preference', 'prompt', 'chosen', 'rejected');

const file = (records: readonly object[]): string => jsonLines(bench.at('rows.jsonl'), records);

const begin = async (from: string) =>
  (await bench.call('import.begin', { file: 'rows.jsonl', path: from })).id;

async function commit(from: string, by: ImportMapping, skipDuplicates = true) {
  return bench.call('import.commit', { id: await begin(from), mapping: by, skipDuplicates });
}

const counts = async () => (await bench.call('project.current', {}))!.counts;

/** Enough rows for a cancel to come in the middle. */
const many = () => file(Array.from({ length: 60_000 }, (_, i) => ({ prompt: `prompt number ${i}` })));

const importing = (id: string, message: string): Promise<Work> =>
  bench.work(id, (work) => work.message === message && work.done > 0);

test('rows of one prompt share it, and each label is kept', async () => {
  const from = file([
    { prompt: 'a', completion: '1' },
    { prompt: 'a', completion: '2' },
    { prompt: 'b', completion: '3' },
  ]);
  expect(await commit(from, demonstrations)).toMatchObject({ prompts: 2, demonstrations: 3, duplicates: 0 });
  expect(await counts()).toMatchObject({ prompts: 2 });
  const { rows } = await bench.call('export.write', { layout: 'prompt-completion' });
  expect(rows).toBe(3);
});

test('a label of a prompt that the project holds goes to that prompt', async () => {
  await commit(file([{ prompt: 'a' }, { prompt: 'b' }]), prompts);
  const report = await commit(file([{ prompt: 'a', chosen: 'x', rejected: 'y' }]), preferences);
  expect(report).toMatchObject({ prompts: 0, rankings: 1, duplicates: 0 });
  expect(await counts()).toMatchObject({ prompts: 2, completions: 2, rankings: 1 });
});

test.each([
  ['prompts', prompts, [{ prompt: 'a' }, { prompt: 'b' }]],
  ['demonstrations', demonstrations, [{ prompt: 'a', completion: '1' }]],
  ['rankings', preferences, [{ prompt: 'a', chosen: 'x', rejected: 'y' }]],
])('%s that the project holds are told, and left out where asked', async (_, by, records) => {
  const from = file(records);
  await commit(from, by);
  const before = await counts();
  const id = await begin(from);
  expect(await bench.call('import.check', { id, mapping: by })).toMatchObject({ duplicates: records.length });
  const again = await bench.call('import.commit', { id, mapping: by, skipDuplicates: true });
  expect(again).toMatchObject({ prompts: 0, demonstrations: 0, rankings: 0, change: null });
  expect(await counts()).toEqual(before);
});

test('a ranking that orders the same completions otherwise is no duplicate', async () => {
  await commit(file([{ prompt: 'a', chosen: 'x', rejected: 'y' }]), preferences);
  const report = await commit(file([{ prompt: 'a', chosen: 'y', rejected: 'x' }]), preferences);
  expect(report).toMatchObject({ duplicates: 0, rankings: 1 });
});

test('rows that are not as they must be are told with their number, and the others are imported', async () => {
  const from = file([{ prompt: 'a' }, { prompt: ' ' }, { other: 'b' }, { prompt: 'c' }]);
  const { errors, prompts: added } = await commit(from, prompts);
  expect(added).toBe(2);
  expect(errors.count).toBe(2);
  expect(errors.first.map(({ row }) => row)).toEqual([2, 3]);
});

test('a file that cannot be read is refused in one sentence, and the work says so', async () => {
  writeFileSync(bench.at('empty.jsonl'), '');
  const id = await begin(bench.at('empty.jsonl'));
  await expect(bench.call('import.inspect', { id })).rejects.toThrow('rows.jsonl is empty');
  expect((await bench.call('work.list', {}))[0]).toMatchObject({ id, kind: 'import', state: 'failed' });
});

test.each(['checking', 'importing'])('cancelled while %s, nothing of an import is left', async (message) => {
  const from = many();
  const { id } = await bench.call('import.begin', { file: 'rows.jsonl' });
  await bench.call('import.append', { id, bytes: readFileSync(from) });
  const step =
    message === 'checking'
      ? bench.call('import.check', { id, mapping: prompts })
      : bench.call('import.commit', { id, mapping: prompts, skipDuplicates: true });
  const refused = expect(step).rejects.toMatchObject({ name: 'Cancelled' });
  await importing(id, message);
  await bench.call('import.cancel', { id });
  await refused;
  expect(await bench.ended(id)).toMatchObject({
    state: 'cancelled',
    message: 'cancelled; nothing was imported',
  });
  expect(await counts()).toMatchObject({ prompts: 0 });
  expect(readdirSync(path).filter((name) => name.includes('import'))).toEqual([]);
  expectSound(path);
});

test('work.stop cancels an import too', async () => {
  const id = await begin(many());
  const refused = expect(bench.call('import.check', { id, mapping: prompts })).rejects.toThrow(
    'stopped as asked',
  );
  await importing(id, 'checking');
  await bench.call('work.stop', { id });
  await refused;
});

test('a label made while an import is written waits for it, and both are there', async () => {
  const id = await begin(many());
  const written = bench.call('import.commit', { id, mapping: prompts, skipDuplicates: true });
  await bench.work(id, ({ message, done, total }) => message === 'importing' && done > 0 && total === 60_000);
  const label = bench.call('labelers.add', { name: 'Ada' });
  expect(await bench.call('prompts.page', { offset: 0, limit: 1 })).toMatchObject({ total: 0 });
  await label;
  expect(await bench.call('prompts.page', { offset: 0, limit: 1 })).toMatchObject({ total: 60_000 });
  const { change } = await written;
  await bench.call('changes.undo', { change: change! });
  expect(await counts()).toMatchObject({ prompts: 0 });
});

test('closing the project ends an import that waits for its mapping', async () => {
  const { id } = await bench.call('import.begin', { file: 'rows.jsonl' });
  await bench.call('project.close', {});
  expect(readdirSync(path).filter((name) => name.includes('import'))).toEqual([]);
  await expect(bench.call('import.inspect', { id })).rejects.toThrow('this import is over');
});

test('what a killed import left is gone once the project is opened again', async () => {
  await bench.call('project.close', {});
  writeFileSync(join(path, '.partial-import-killed'), 'half of a file');
  const opened: CallOutput<'project.open'> = await bench.call('project.open', { path });
  expect(opened.counts.prompts).toBe(0);
  expect(readdirSync(path)).not.toContain('.partial-import-killed');
});

test('one that is cancelled twice, or as another begins, is over all the same', async () => {
  const from = file([{ prompt: 'a' }]);
  const id = await begin(from);
  await bench.call('import.inspect', { id });
  await Promise.all([
    bench.call('import.cancel', { id }),
    bench.call('import.cancel', { id }),
    begin(from),
    begin(from),
  ]);
  await expect(bench.call('import.inspect', { id })).rejects.toThrow(/this import is over/);
  expect(await commit(from, prompts)).toMatchObject({ prompts: 1 });
});
