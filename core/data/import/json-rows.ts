import { isUtf8 } from 'node:buffer';
import { ElementScanner } from './element-scanner.ts';
import { chunksOf, rawRow, type RawRow, type RawRows, type Source } from './source.ts';

const NEWLINE = 0x0a;

/** The rows of a JSONL file, numbered by line. Blank lines, a byte-order mark and CRLF are passed over. */
export async function* jsonLinesRows(source: Source): RawRows {
  let line = 0;
  for await (const block of wholeLines(source)) {
    const rows: RawRow[] = [];
    for (let start = 0; start < block.length;) {
      const end = endOfLine(block, start);
      const row = parseRow(++line, block.subarray(start, end));
      if (row) rows.push(row);
      start = end + 1;
    }
    yield rows;
  }
}

/** The rows of a JSON list, or of the one list in an object. */
export async function* jsonListRows(source: Source): RawRows {
  const scanner = new ElementScanner(source.name);
  let row = 0;
  for await (const chunk of chunksOf(source))
    yield scanner.read(chunk).map((bytes) => parseRow(++row, bytes) ?? { row, problem: 'it is empty' });
  scanner.end();
}

async function* wholeLines(source: Source): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of chunksOf(source)) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > 0) yield Buffer.concat([...rest, chunk.subarray(0, end)]);
    rest = end > 0 ? [chunk.subarray(end)] : [...rest, chunk];
  }
  yield Buffer.concat(rest);
}

function endOfLine(block: Buffer, start: number): number {
  const newline = block.indexOf(NEWLINE, start);
  return newline < 0 ? block.length : newline;
}

/** Undefined for white space alone. */
function parseRow(row: number, bytes: Buffer): RawRow | undefined {
  if (!isUtf8(bytes)) return { row, problem: 'it is not UTF-8: save the file as UTF-8' };
  try {
    const text = bytes.toString('utf8').trim();
    return text === '' ? undefined : rawRow(row, JSON.parse(text));
  } catch (error) {
    return { row, problem: `it is not JSON: ${(error as Error).message}` };
  }
}
