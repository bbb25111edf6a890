import { describe, expect, it } from 'vitest';
import type { CallName } from '../../../core/contract/calls.ts';
import { answer, connect } from '../../../core/contract/connection.ts';
import { memoryPair } from '../../../core/contract/transports.ts';
import { ImportFlow } from '../../../renderer/views/prompts/import/import-flow.ts';
import {
  columnChoices,
  fieldsOf,
  missingFields,
  withColumn,
  withDefault,
  withLayout,
  type Mapping,
} from '../../../renderer/views/prompts/import/mapping.ts';
import { PART_BYTES } from '../../../renderer/views/prompts/import/upload.ts';

const alpaca: Mapping = {
  layout: 'alpaca',
  columns: { instruction: 'instruction', output: 'output', author: 'meta.author' },
  defaults: { split: 'train' },
};
const columns = ['instruction', 'input', 'output', 'meta'];

describe('a mapping', () => {
  it('lists what a layout must have before what it may have', () => {
    expect(fieldsOf('alpaca').map(({ field, required }) => `${field}${required ? '*' : ''}`)).toEqual([
      'instruction*',
      'output*',
      'input',
      'labeler',
      'kind',
      'useCase',
      'author',
      'split',
    ]);
  });

  it('keeps what the new layout has and guesses the rest by name', () => {
    expect(withLayout(alpaca, 'prompt-completion', columns).columns).toEqual({
      prompt: 'instruction',
      completion: 'output',
      author: 'meta.author',
    });
  });

  it('misses a required field that no column is given for', () => {
    expect(missingFields(withColumn(alpaca, 'output', null))).toEqual(['output']);
    expect(missingFields(withColumn(alpaca, 'author', null))).toEqual([]);
  });

  it('offers paths that reach into a column beside the columns', () => {
    expect(columnChoices(alpaca, columns)).toEqual([...columns, 'meta.author']);
  });

  it('forgets a default that is taken back', () => {
    expect(withDefault(alpaca, 'split', null).defaults).toEqual({});
  });
});

const report = { prompts: 2, demonstrations: 2, rankings: 0, duplicates: 1, errors: { count: 0, first: [] } };

/** A connection whose other end notes what it is asked, and answers each call as the table says. */
function workbench(answers: Partial<Record<CallName, () => unknown>> = {}) {
  const asked: string[] = [];
  let received = 0;
  const table: Partial<Record<CallName, () => unknown>> = {
    'import.begin': () => ({ id: 'a' }),
    'import.inspect': () => ({
      file: 'a.jsonl',
      format: 'jsonl',
      rows: 2,
      columns,
      sample: [],
      suggested: alpaca,
    }),
    'import.check': () => report,
    'import.commit': () => ({ ...report, change: 5 }),
    ...answers,
  };
  const [here, there] = memoryPair();
  const handle = async (name: CallName, input: unknown): Promise<never> => {
    asked.push(name);
    received += (input as { bytes?: Uint8Array }).bytes?.length ?? 0;
    return (await (table[name] ?? (() => ({})))()) as never;
  };
  answer(there, handle, () => {});
  const connection = connect(here);
  const flow = new ImportFlow((name, input) => connection.call(name, input));
  return { asked, flow, received: () => received };
}

describe('an import', () => {
  it('sends a file in parts, then shows what is in it', async () => {
    const { flow, asked, received } = workbench();
    const sent: (number | null)[] = [];
    flow.store.subscribe((state) => sent.push(state.sent));
    await flow.readFile(new File([new Uint8Array(2.5 * PART_BYTES)], 'a.jsonl'));
    expect(asked).toEqual([
      'import.begin',
      'import.append',
      'import.append',
      'import.append',
      'import.inspect',
    ]);
    expect(received()).toBe(2.5 * PART_BYTES);
    expect(sent).toEqual(expect.arrayContaining([0.4, 0.8, 1]));
    expect(flow.store.getState()).toMatchObject({ step: 'map', mapping: alpaca, busy: null });
  });

  it('lets the workbench read a path itself', async () => {
    const { flow, asked } = workbench();
    await flow.readPath('/data/a.jsonl');
    expect(asked).toEqual(['import.begin', 'import.inspect']);
    expect(flow.store.getState().file).toBe('a.jsonl');
  });

  it('checks before it commits, and gives the change', async () => {
    const { flow, asked } = workbench();
    await flow.readPath('/data/a.jsonl');
    await flow.check();
    expect(flow.store.getState()).toMatchObject({ step: 'check', report });
    expect((await flow.commit(true))?.change).toBe(5);
    await flow.cancel();
    expect(asked.slice(2)).toEqual(['import.check', 'import.commit']);
  });

  it('imports nothing when it is cancelled before the commit', async () => {
    const { flow, asked } = workbench();
    await flow.readPath('/data/a.jsonl');
    await flow.check();
    await flow.cancel();
    expect(asked.slice(2)).toEqual(['import.check', 'import.cancel']);
    expect(await flow.commit(true)).toBeUndefined();
    expect(asked).not.toContain('import.commit');
    expect(flow.store.getState().step).toBe('choose');
  });

  it('cancels what began while the person was cancelling', async () => {
    const began = Promise.withResolvers<unknown>();
    const { flow, asked } = workbench({ 'import.begin': () => began.promise });
    const reading = flow.readFile(new File([new Uint8Array(10)], 'a.jsonl'));
    await new Promise(setImmediate);
    await flow.cancel();
    began.resolve({ id: 'a' });
    await reading;
    await new Promise(setImmediate);
    expect(asked).toEqual(['import.begin', 'import.cancel']);
    expect(flow.store.getState()).toMatchObject({ step: 'choose', busy: null, problem: null });
  });

  it('stays where it is with the reason when the workbench refuses', async () => {
    const { flow } = workbench({
      'import.check': () => {
        throw new Error('no');
      },
    });
    await flow.readPath('/data/a.jsonl');
    await flow.check();
    expect(flow.store.getState()).toMatchObject({ step: 'map', busy: null });
    expect(flow.store.getState().problem).not.toBeNull();
  });
});
