/** How many examples files hold, counted line by line, so that nobody waits for a large one. */
import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DataError } from '../../contract/errors.ts';
import { reason } from '../../data/files.ts';

/** Takes line after line, and says how many examples there were. */
interface Counter {
  readonly take: (line: string) => void;
  readonly count: () => number;
}

/** Lines that hold something and, of rankings, prefer something. */
function lineCounter(counts: (line: string) => boolean = () => true): Counter {
  let count = 0;
  return { take: (line) => (count += Number(line.trim() !== '' && counts(line))), count: () => count };
}

/** What cannot be read counts: it is refused when the run reads it. */
function prefers(line: string): boolean {
  try {
    const { ranks } = JSON.parse(line) as { ranks?: unknown };
    return !Array.isArray(ranks) || new Set(ranks).size > 1;
  } catch {
    return true;
  }
}

/** Documents of plain text, as `readTexts` parts them: by lines with the end marker or, without any, blank ones. */
function documentCounter(): Counter {
  const byMark = { count: 0, within: false };
  const byBlank = { count: 0, within: false };
  let marked = false;
  const enter = (part: typeof byMark) => {
    if (!part.within) part.count++;
    part.within = true;
  };
  const take = (line: string) => {
    const mark = line === '<|endoftext|>';
    marked ||= mark;
    if (mark) byMark.within = false;
    else if (line.trim() === '') byBlank.within = false;
    else [byMark, byBlank].forEach(enter);
  };
  return { take, count: () => (marked ? byMark : byBlank).count };
}

function counterOf(path: string, role: string): Counter {
  if (role === 'rankings') return lineCounter(prefers);
  const isText = ['texts', 'pretraining', 'pretrainingValidation'].includes(role);
  return isText && !path.endsWith('.jsonl') ? documentCounter() : lineCounter();
}

interface Counted {
  /** Of the file that was counted. */
  readonly version: string;
  readonly count: Promise<number>;
}

const known = new Map<string, Counted>();

/**
 * The examples of a file that has a role; of rankings those that prefer something. Throws a `DataError` where there
 * are none, or where the file cannot be read.
 */
export async function countExamples(path: string, role: string): Promise<number> {
  const count = await countOnce(path, role);
  if (count > 0) return count;
  throw new DataError(
    role === 'rankings'
      ? `${path}: no ranking prefers one completion to another; rank some without a tie`
      : `${path} is empty: choose another file`,
  );
}

/** A file that has not changed since is not read again. */
function countOnce(path: string, role: string): Promise<number> {
  const key = `${role} ${path}`;
  const version = versionOf(path);
  const before = known.get(key);
  if (before?.version === version) return before.count;
  const count = countLines(path, counterOf(path, role));
  known.set(key, { version, count });
  return count;
}

function versionOf(path: string): string {
  try {
    const { size, mtimeMs } = statSync(path);
    return `${size} ${mtimeMs}`;
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function countLines(path: string, { take, count }: Counter): Promise<number> {
  try {
    for await (const line of createInterface({ input: createReadStream(path) })) take(line);
  } catch (error) {
    throw unreadable(path, error);
  }
  return count();
}

const unreadable = (path: string, error: unknown): DataError =>
  new DataError(`${path} cannot be read: ${reason(error)}; choose another file`, { cause: error });
