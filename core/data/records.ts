/**
 * Records from JSONL: one JSON object a line, UTF-8. Blank lines, a byte-order mark and CRLF are tolerated;
 * fields beyond those named here are kept, so that callers may read `task`, `author`, `split` or `category`.
 */
import { z } from 'zod';
import { DataError } from '../contract/errors.ts';
import { readBytes } from './files.ts';

const nonBlank = z.string().refine((text) => text.trim() !== '', { error: 'is empty' });
// A sampled completion may be white space alone.
const nonEmpty = z.string().min(1, { error: 'is empty' });

const DemonstrationSchema = z.looseObject({ prompt: nonBlank, completion: nonEmpty });
const PromptSchema = z.looseObject({ prompt: nonBlank });
const TextSchema = z.looseObject({ text: nonBlank });

const RankingSchema = z
  .looseObject({
    prompt: nonBlank,
    completions: z.array(nonEmpty).min(2, { error: 'holds fewer than two' }),
    ranks: z.array(z.int().positive({ error: 'is below 1, the rank of the best' })),
    labeler: z.string().optional(),
  })
  .refine(({ completions, ranks }) => completions.length === ranks.length, {
    path: ['ranks'],
    error: ({ input }) => {
      const { completions, ranks } = input as { completions: string[]; ranks: number[] };
      return `holds ${ranks.length} ranks for ${completions.length} completions`;
    },
  });

const PairSchema = z
  .looseObject({ prompt: nonBlank, chosen: nonEmpty, rejected: nonEmpty, labeler: z.string().optional() })
  .transform(({ chosen, rejected, ...rest }) => ({
    ...rest,
    completions: [chosen, rejected],
    ranks: [1, 2],
  }));

/** What a labeler wrote in answer to a prompt. */
export type Demonstration = z.infer<typeof DemonstrationSchema>;
/** Completions of one prompt and their ranks: 1 is best, and equal ranks are a tie. */
export type Ranking = z.infer<typeof RankingSchema>;
export type Prompt = z.infer<typeof PromptSchema>;
export type Text = z.infer<typeof TextSchema>;

export function readDemonstrations(path: string): Demonstration[] {
  return readJsonLines(path, (value) => DemonstrationSchema.safeParse(value));
}

export function readPrompts(path: string): Prompt[] {
  return readJsonLines(path, (value) => PromptSchema.safeParse(value));
}

/** K-way rankings; a line {prompt, chosen, rejected} is a ranking of two. */
export function readRankings(path: string): Ranking[] {
  return readJsonLines(path, (value) =>
    isPair(value) ? PairSchema.safeParse(value) : RankingSchema.safeParse(value),
  );
}

const isPair = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && ('chosen' in value || 'rejected' in value);

/**
 * Documents to pretrain on. A `.jsonl` file has one {text} a line. Any other file is plain text: lines that
 * hold only `<|endoftext|>` part its documents or, where there is none, blank lines do.
 */
export function readTexts(path: string): Text[] {
  if (path.endsWith('.jsonl')) return readJsonLines(path, (value) => TextSchema.safeParse(value));
  const text = decode(readBytes(path), path).replaceAll('\r\n', '\n');
  const marked = text.split(/^<\|endoftext\|>$/m);
  const documents = marked.length > 1 ? marked : text.split(/\n\s*\n/);
  const texts = documents.map((document) => ({ text: document.trim() })).filter(({ text }) => text !== '');
  if (texts.length === 0) throw new DataError(`${path} is empty: it should hold text`);
  return texts;
}

type Parse<T> = (value: unknown) => z.ZodSafeParseResult<T>;

function readJsonLines<T>(path: string, parse: Parse<T>): T[] {
  const records: T[] = [];
  const failures: string[] = [];
  for (const { line, bytes } of linesOf(readBytes(path))) {
    try {
      const text = decode(bytes, 'this line');
      if (text.trim() !== '') records.push(parseLine(text, parse));
    } catch (error) {
      failures.push(`${path} line ${line}: ${(error as Error).message}`);
    }
  }
  if (failures.length > 0) throw new DataError(failures[0]! + andMore(failures.length - 1));
  if (records.length === 0) throw new DataError(`${path} is empty: it should hold one JSON object a line`);
  return records;
}

function andMore(count: number): string {
  if (count === 0) return '';
  return count === 1 ? ' (and 1 more line is malformed)' : ` (and ${count} more lines are malformed)`;
}

function parseLine<T>(text: string, parse: Parse<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DataError(`not JSON: ${(error as Error).message}`, { cause: error });
  }
  const result = parse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  const said = message.replace('Invalid input: ', '');
  throw new DataError(path.length === 0 ? said : `"${path.join('.')}" ${said}`);
}

/** Split as bytes: a file may be longer than a string can be. */
function* linesOf(bytes: Buffer): Generator<{ line: number; bytes: Buffer }> {
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf('\n', start);
    const end = newline < 0 ? bytes.length : newline;
    yield { line, bytes: bytes.subarray(start, end) };
    start = end + 1;
  }
}

// It also drops a byte-order mark.
const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Uint8Array, what: string): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new DataError(`${what} is not UTF-8: save the file as UTF-8`, { cause: error });
  }
}
