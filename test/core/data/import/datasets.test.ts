/** Published data sets: every row arrives, and every text in it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import type { ImportedRow } from '../../../../core/data/import/convert.ts';
import { inspect } from '../../../../core/data/import/inspect.ts';
import { read } from '../../../../core/data/import/read.ts';

const shared = join(import.meta.dirname, '../../../../../shared/data');
const absent = !existsSync(shared);
if (absent) process.stderr.write(`${shared} is absent: the import of published data sets is not tested\n`);

const text = (name: string): string => readFileSync(join(shared, name), 'utf8');

/** The rows of a file by the mapping that is suggested for it; all of them must read. */
async function rowsOf(name: string): Promise<ImportedRow[]> {
  const path = join(shared, name);
  const { rows: count, suggested } = await inspect(path);
  const { rows, problems } = await read(path, suggested);
  expect(problems).toEqual([]);
  expect(rows).toHaveLength(count);
  return rows;
}

const demonstrated = (rows: ImportedRow[]) => rows.map((row) => [row.prompt.text, row.demonstration]);

interface Instructed {
  instruction: string;
  input: string;
  output: string;
}
const joined = ({ instruction, input }: Instructed): string =>
  input.trim() === '' ? instruction : `${instruction}\n\n${input}`;

describe.skipIf(absent)('published data sets (skipped where ../shared/data is absent)', () => {
  test('alpaca: 999 prompts with their demonstrations', async () => {
    const records = JSON.parse(text('datasets/alpaca_en_demo.json')) as Instructed[];
    expect(records).toHaveLength(999);
    const expected = records.map((record) => [joined(record), record.output]);
    expect(demonstrated(await rowsOf('datasets/alpaca_en_demo.json'))).toEqual(expected);
  });

  test.each([
    ['datasets/seed_tasks.jsonl', 175],
    ['datasets/user_oriented_instructions.jsonl', 252],
  ])('%s: %i tasks with their instances', async (name, count) => {
    const tasks = text(name)
      .trim()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as { instruction: string; instances: Omit<Instructed, 'instruction'>[] },
      );
    expect(tasks).toHaveLength(count);
    const expected = tasks.flatMap(({ instruction, instances }) =>
      instances.map(({ input, output }) => [joined({ instruction, input, output }), output]),
    );
    expect(demonstrated(await rowsOf(name))).toEqual(expected);
  });

  test('preferences: 300 conversations with two answers, every message kept', async () => {
    interface Message {
      from: string;
      value: string;
    }
    const name = 'datasets/dpo_en_demo.json';
    const records = JSON.parse(text(name)) as {
      conversations: Message[];
      chosen: Message;
      rejected: Message;
    }[];
    const rows = await rowsOf(name);
    expect(rows).toHaveLength(300);
    for (const [i, { conversations, chosen, rejected }] of records.entries()) {
      const { prompt, ranking } = rows[i]!;
      expect(ranking).toEqual({ completions: [chosen.value, rejected.value], ranks: [1, 2] });
      const speakers: Record<string, string> = { system: 'System', human: 'User', gpt: 'Assistant' };
      const turns = conversations
        .filter(({ value }) => value.trim() !== '')
        .map(({ from, value }) => `${speakers[from]!}: ${value}`);
      const expected =
        turns.length === 1 ? conversations.at(-1)!.value : [...turns, 'Assistant:'].join('\n\n');
      expect(prompt.text).toBe(expected);
    }
  });

  test.each([
    ['eval/TruthfulQA_mini.csv', 'Question', 10],
    ['eval/winogender_templates.tsv', 'sentence', 120],
  ])('%s: the prompts of its column %s', async (name, column, count) => {
    const { data } = Papa.parse<Record<string, string>>(text(name), { header: true, skipEmptyLines: true });
    expect(data).toHaveLength(count);
    expect(demonstrated(await rowsOf(name))).toEqual(data.map((record) => [record[column], null]));
  });
});
