/** Files as compressed archives, cut into pieces that travel one by one, with the sums to check them by. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomic } from '../../../core/data/files.ts';

/** Where files come from, by where they go in the archive. */
export type Files = ReadonlyMap<string, string>;

export interface Archive {
  readonly name: string;
  readonly files: Files;
}

export interface PackOptions {
  readonly pieceBytes: number;
  /** Of xz, 0 to 9: quick and large to slow and small. */
  readonly preset: number;
}

/** Lines of `sha256sum`, one a piece. */
export const SUMS = 'SHA256SUMS';

/**
 * Writes the pieces of every archive into a folder: `NAME-HASH.tar.xz.00` and so on, by the hash of what is in it. An
 * archive that is there already is left as it is, and pieces of others are removed.
 */
export async function writeArchives(
  out: string,
  archives: readonly Archive[],
  options: PackOptions,
): Promise<void> {
  mkdirSync(out, { recursive: true });
  const before = readSums(out);
  const sums = new Map<string, string>();
  for (const { name, files } of archives) {
    const stem = `${name}-${contentHash(files)}.tar.xz.`;
    const there = [...before].filter(([piece]) => piece.startsWith(stem));
    const whole = there.length > 0 && there.every(([piece]) => existsSync(join(out, piece)));
    const pieces = whole ? there : await writePieces(join(out, stem), files, options);
    for (const [piece, sum] of pieces) sums.set(piece, sum);
  }
  writeFileAtomic(join(out, SUMS), [...sums].map(([piece, sum]) => `${sum}  ${piece}\n`).join(''));
  for (const file of readdirSync(out))
    if (file.includes('.tar.xz.') && !sums.has(file)) rmSync(join(out, file));
}

/** Sums by piece. */
export function readSums(folder: string): Map<string, string> {
  const path = join(folder, SUMS);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return new Map(lines.filter((line) => line !== '').map((line) => [line.slice(66), line.slice(0, 64)]));
}

function contentHash(files: Files): string {
  const hash = createHash('sha256');
  for (const [target, source] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${target}\0`).update(createHash('sha256').update(readFileSync(source)).digest());
  return hash.digest('hex').slice(0, 12);
}

async function writePieces(stem: string, files: Files, options: PackOptions): Promise<[string, string][]> {
  const tree = mkdtempSync(join(tmpdir(), 'workbench-pack-'));
  try {
    for (const [target, source] of files) {
      mkdirSync(dirname(join(tree, target)), { recursive: true });
      copyFileSync(source, join(tree, target));
    }
    return await compress(tree, stem, options);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

async function compress(
  tree: string,
  stem: string,
  { pieceBytes, preset }: PackOptions,
): Promise<[string, string][]> {
  const pieces = new Pieces(stem, pieceBytes);
  const tar = spawn('tar', ['-c', '--owner=0', '--group=0', '-C', tree, '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const xz = spawn('xz', ['-c', `-${preset}`, '-T0'], { stdio: [tar.stdout, 'pipe', 'inherit'] });
  const ended = Promise.all([success('tar', tar), success('xz', xz)]);
  for await (const part of xz.stdout) pieces.write(part as Buffer);
  await ended;
  return pieces.end();
}

const success = (name: string, child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    child.once('error', () => reject(new Error(`${name} cannot be started: install it to pack`)));
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${name} failed, as it says above`)),
    );
  });

class Pieces {
  readonly #stem: string;
  readonly #bytes: number;
  readonly #done: [string, string][] = [];
  #open: { file: number; path: string; hash: Hash; size: number } | undefined;

  constructor(stem: string, bytes: number) {
    this.#stem = stem;
    this.#bytes = bytes;
  }

  write(data: Buffer): void {
    for (let rest = data; rest.length > 0;) {
      const piece = (this.#open ??= this.#begin());
      const part = rest.subarray(0, this.#bytes - piece.size);
      writeSync(piece.file, part);
      piece.hash.update(part);
      piece.size += part.length;
      if (piece.size === this.#bytes) this.#close();
      rest = rest.subarray(part.length);
    }
  }

  end(): [string, string][] {
    this.#close();
    return this.#done;
  }

  #begin() {
    const path = `${this.#stem}${String(this.#done.length).padStart(2, '0')}`;
    return { file: openSync(path, 'w'), path, hash: createHash('sha256'), size: 0 };
  }

  #close(): void {
    if (!this.#open) return;
    const { file, path, hash } = this.#open;
    closeSync(file);
    this.#done.push([basename(path), hash.digest('hex')]);
    this.#open = undefined;
  }
}
