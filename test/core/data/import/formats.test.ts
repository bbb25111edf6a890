import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteFile } from 'hyparquet-writer';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ImportPreview } from '../../../../core/contract/calls.ts';
import { Cancelled, DataError } from '../../../../core/contract/errors.ts';
import { inspect } from '../../../../core/data/import/inspect.ts';
import { read } from '../../../../core/data/import/read.ts';
import { file, jsonLines } from './files.ts';

const prompts = { layout: 'prompts', columns: { prompt: 'prompt' }, defaults: {} } as const;
const pairs = {
  layout: 'prompt-completion',
  columns: { prompt: 'prompt', completion: 'completion' },
  defaults: {},
} as const;

/** The prompts of a file, and its problems. */
async function promptsOf(path: string) {
  const { rows, problems } = await read(path, prompts);
  return { prompts: rows.map(({ prompt }) => prompt.text), problems };
}

function parquet(codec: 'SNAPPY' | 'UNCOMPRESSED', rowGroupSize: number): string {
  const path = join(mkdtempSync(join(tmpdir(), 'import-')), 'data.parquet');
  const data = Array.from({ length: 1000 }, (_, i) => `prompt ${i}`);
  const columnData = [
    { name: 'prompt', data, type: 'STRING' },
    { name: 'n', data: data.map((_, i) => BigInt(i)), type: 'INT64' },
    { name: 'meta', data: data.map((_, i) => ({ a: i, list: ['x', i] })), type: 'JSON' },
  ] as const;
  parquetWriteFile({ filename: path, columnData: columnData.map((c) => ({ ...c })), rowGroupSize, codec });
  return path;
}

describe('formats', () => {
  test.each([
    ['a.jsonl', '{"prompt":"x"}\n{"prompt":"y"}', 'jsonl', 2],
    ['lines.json', '{"prompt":"x"}\n{"prompt":"y"}\n', 'jsonl', 2],
    ['a.ndjson', '{"prompt":"x"}', 'jsonl', 1],
    ['a.json', '[{"prompt":"x"},{"prompt":"y"}]', 'json', 2],
    ['noname', ' \n[\n{"prompt":"x"}\n]\n', 'json', 1],
    ['list.jsonl', '[{"prompt":"x"}]', 'json', 1],
    ['one-line.json', '{"version":1,"data":[{"prompt":"x"},{"prompt":"y"}]}', 'json', 2],
    ['a.json', '{\n"about": {"n": {"m": "["}}, "data": [\n{"prompt": "[,]\\"{"}]\n}', 'json', 1],
    ['a.json', '["one prompt", "another"]', 'json', 2],
    ['a.csv', 'prompt,completion\nx,y\n', 'csv', 1],
    ['a.txt', 'prompt;n\nx;1\ny;2\n', 'csv', 2],
    ['a.tsv', 'prompt\tn\nx\t1\n', 'tsv', 1],
    ['a.csv', 'prompt\nhello\nworld', 'csv', 2],
  ])('%s holding %j is %s', async (name, content, format, rows) => {
    const preview = await inspect(file(name, content));
    expect(preview).toMatchObject({ file: name, format, rows, suggested: { columns: { prompt: 'prompt' } } });
    expect(ImportPreview.parse(preview)).toEqual(preview);
    expect((await promptsOf(file(name, content))).prompts).toHaveLength(rows);
  });

  test('a byte-order mark and crlf are passed over in every text format', async () => {
    const both = ['p1', 'p2'];
    expect(
      (await promptsOf(file('a.jsonl', '\uFEFF{"prompt":"p1"}\r\n\r\n{"prompt":"p2"}\r\n'))).prompts,
    ).toEqual(both);
    expect(
      (await promptsOf(file('a.json', '\uFEFF[\r\n{"prompt":"p1"},\r\n{"prompt":"p2"}\r\n]\r\n'))).prompts,
    ).toEqual(both);
    expect((await promptsOf(file('a.csv', '\uFEFFprompt,n\r\np1,1\r\n\r\n"p2",2\r\n'))).prompts).toEqual(
      both,
    );
  });

  test('a table keeps quotes, delimiters and lines inside its fields', async () => {
    const path = file('a.csv', 'prompt,completion\r\n"say ""hi"", then\nstop","a\r\nb"\r\n plain ,"x"\r\n');
    const { rows } = await read(path, pairs);
    expect(rows.map(({ prompt, demonstration }) => [prompt.text, demonstration])).toEqual([
      ['say "hi", then\nstop', 'a\r\nb'],
      [' plain ', 'x'],
    ]);
  });

  test('texts survive wherever the parts of a long file fall', async () => {
    const texts = Array.from({ length: 3000 }, (_, i) => `${i} "é漢🙂",\n${'ü'.repeat(i % 1000)}`);
    const rows = texts.map((prompt) => ({ prompt, completion: 'c' }));
    const quoted = texts.map((text) => `"${text.replaceAll('"', '""')}",c`);
    const paths = [
      jsonLines(...rows),
      file('a.json', JSON.stringify(rows, null, 1)),
      file('a.csv', ['prompt,completion', ...quoted].join('\n')),
    ];
    for (const path of paths) {
      expect(readFileSync(path).length).toBeGreaterThan(2 << 20);
      expect(await promptsOf(path)).toEqual({ prompts: texts, problems: [] });
    }
  });

  test.each(['SNAPPY', 'UNCOMPRESSED'] as const)('parquet reads, its pages %s', async (codec) => {
    const path = parquet(codec, 300);
    const preview = await inspect(path);
    expect(preview).toMatchObject({
      format: 'parquet',
      rows: 1000,
      columns: ['prompt', 'n', 'meta', 'meta.a', 'meta.list'],
    });
    expect(preview.sample[7]).toEqual({ prompt: 'prompt 7', n: 7, meta: { a: 7, list: ['x', 7] } });
    const { rows } = await read(path, prompts);
    expect(rows.map(({ row, prompt }) => `${row} ${prompt.text}`)).toEqual(
      Array.from({ length: 1000 }, (_, i) => `${i + 1} prompt ${i}`),
    );
  });

  test('a bad row is told with its number and the others are read', async () => {
    const path = file('a.jsonl', '{"prompt":"a"}\n{"prompt":\n\n[1]\n{"prompt":"b"}\n');
    expect(await promptsOf(path)).toEqual({
      prompts: ['a', 'b'],
      problems: [
        { row: 2, problem: expect.stringContaining('it is not JSON') as string },
        { row: 4, problem: 'it is a list, not an object' },
      ],
    });
    expect((await inspect(path)).rows).toBe(4);
  });

  test('bytes that are not utf-8 spoil their own row alone', async () => {
    const spoilt = Buffer.concat([
      Buffer.from('{"prompt":"a"}\n{"prompt":"'),
      Buffer.of(0xff),
      Buffer.from('"}\n'),
    ]);
    expect((await promptsOf(file('a.jsonl', spoilt))).problems).toEqual([
      { row: 2, problem: 'it is not UTF-8: save the file as UTF-8' },
    ]);
  });

  test('a list names the element that is malformed', async () => {
    const { prompts, problems } = await promptsOf(
      file('a.json', '[{"prompt":"a"},,{"prompt":x},{"prompt":"b"},]'),
    );
    expect(prompts).toEqual(['a', 'b']);
    expect(problems.map(({ row }) => row)).toEqual([2, 3]);
  });

  test('a record of a table with too few or too many fields is told', async () => {
    expect((await promptsOf(file('a.csv', 'prompt,n\na,1\nb\nc,1,2\n'))).problems).toEqual([
      { row: 2, problem: 'it has 1 fields where the header has 2' },
      { row: 3, problem: 'it has 3 fields where the header has 2' },
    ]);
  });

  test.each([
    ['a.jsonl', '', 'a.jsonl is empty'],
    ['a.jsonl', ' \n\n', 'a.jsonl holds no rows'],
    ['a.json', '[]', 'a.json holds no rows'],
    ['a.csv', 'prompt,completion\n', 'a.csv holds no rows'],
    ['a.json', '[{"prompt":"a"},{"prompt":"b', 'a.json ends inside row 2: it was cut off'],
    ['a.json', '{"prompt":"a"}', 'a.json holds no list of rows'],
    ['a.json', '{"a":[{"prompt":"x"}],"b":[{"prompt":"y"}]}', 'a.json holds more than one list'],
    ['a.json', '[{"prompt":"x"}]]', 'it closes a bracket that it never opened'],
    ['a.csv', Buffer.of(0x70, 0xff, 0x0a, 0x61), 'a.csv is not UTF-8'],
    ['a.csv', Buffer.from('\uFEFFprompt\na', 'utf16le'), 'a.csv is UTF-16'],
    ['a.jsonl.gz', gzipSync('{"prompt":"x"}'), 'is compressed with gzip: unpack it first'],
    ['a.bin', Buffer.of(1, 0, 2, 0), 'a.bin is no text'],
    ['a.parquet', Buffer.from('PAR1 nothing PAR1'), 'a.parquet cannot be read as Parquet'],
  ])('%s holding %j is refused', async (name, content, message) => {
    const path = file(name, content);
    await expect(inspect(path)).rejects.toThrow(DataError);
    await expect(inspect(path)).rejects.toThrow(message);
    await expect(read(path, prompts)).rejects.toThrow(message);
  });

  test('what is no file is refused', async () => {
    await expect(inspect(join(tmpdir(), 'no such file'))).rejects.toThrow(
      'there is no such file; check the path',
    );
    await expect(inspect(tmpdir())).rejects.toThrow('is no file');
  });

  test('a copy is told by the name it had', async () => {
    const path = file('upload-7', 'prompt\tn\nx\t1\n');
    expect(await inspect(path, { name: 'my data.tsv' })).toMatchObject({
      file: 'my data.tsv',
      format: 'tsv',
    });
  });

  test('a preview shows the first twenty rows, long texts cut', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ prompt: `${i} ${'x'.repeat(5000)}` }));
    const { sample } = await inspect(jsonLines(...rows));
    expect(sample).toHaveLength(20);
    expect(sample[19]!['prompt']).toBe(`19 ${'x'.repeat(1997)}…`);
  });

  test('columns of the last row are found too', async () => {
    const rows = Array.from({ length: 500 }, (_, i) =>
      i < 499 ? { prompt: 'p' } : { prompt: 'p', late: { a: 1 } },
    );
    expect((await inspect(jsonLines(...rows))).columns).toEqual(['prompt', 'late', 'late.a']);
  });

  test('progress ends at the whole, and a signal ends the reading', async () => {
    const path = jsonLines(...Array.from({ length: 20_000 }, (_, i) => ({ prompt: `${i}`.repeat(40) })));
    const seen: number[] = [];
    await read(path, prompts, { onProgress: ({ done, total }) => seen.push(done / total) });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);

    const stop = new AbortController();
    const stopped = read(path, prompts, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(stopped).rejects.toThrow(Cancelled);
  });
});
