import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import {
  addPrompts,
  bench,
  mapping,
  page,
  prompt,
  submitDemonstration,
  submitRanking,
  texts,
  upload,
  world,
  type Cases,
} from './bench.ts';

/** Prompts, changes, files and snapshots. */
export const dataCases = {
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
} satisfies Partial<Cases>;
