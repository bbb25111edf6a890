import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { DataError, ModelError } from '../../../core/contract/errors.ts';
import {
  createFolder,
  readJson,
  replaceFile,
  replaceFileAsync,
  sha256OfFile,
  sha256OfFolder,
  versionOfFolder,
  writeFileAtomic,
} from '../../../core/data/files.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'files-'));

describe('files', () => {
  test('an atomic write replaces the file and leaves nothing beside it', () => {
    const at = folder();
    writeFileAtomic(join(at, 'a.txt'), 'old');
    writeFileAtomic(join(at, 'a.txt'), 'new');
    expect(readFileSync(join(at, 'a.txt'), 'utf8')).toBe('new');
    expect(readdirSync(at)).toEqual(['a.txt']);
  });

  test('a write that fails half-way leaves the old file', () => {
    const at = folder();
    writeFileAtomic(join(at, 'a.txt'), 'old');
    const half = (descriptor: number) => {
      writeFileSync(descriptor, 'half');
      throw new Error('no more');
    };
    expect(() => replaceFile(join(at, 'a.txt'), half)).toThrow('no more');
    expect(readFileSync(join(at, 'a.txt'), 'utf8')).toBe('old');
    expect(readdirSync(at)).toEqual(['a.txt']);
  });

  test('two that replace a file at a time each write all of it, and the last to end stays', async () => {
    const path = join(folder(), 'a.txt');
    const write = (text: string, milliseconds: number) =>
      replaceFileAsync(path, async (descriptor) => {
        writeFileSync(descriptor, text);
        await setTimeout(milliseconds);
        writeFileSync(descriptor, text);
      });
    await Promise.all([write('one ', 40), write('two ', 1)]);
    expect(readFileSync(path, 'utf8')).toBe('one one ');
  });

  test('a folder is made whole or not at all', async () => {
    const at = folder();
    const fill = (inner: string) => {
      writeFileSync(join(inner, 'a.txt'), 'whole');
      return Promise.resolve();
    };
    await createFolder(join(at, 'deep', 'new'), fill);
    expect(readFileSync(join(at, 'deep', 'new', 'a.txt'), 'utf8')).toBe('whole');
    mkdirSync(join(at, 'empty'));
    await createFolder(join(at, 'empty'), fill);
    expect(readdirSync(join(at, 'empty'))).toEqual(['a.txt']);

    const failing = createFolder(join(at, 'half'), async (inner) => {
      await fill(inner);
      throw new ModelError('no more');
    });
    await expect(failing).rejects.toThrow(ModelError);
    await expect(createFolder(join(at, 'empty'), fill)).rejects.toThrow(/is not empty \(it holds a\.txt\)/);
    await expect(createFolder(join(at, 'empty', 'a.txt', 'b'), fill)).rejects.toThrow(
      /b cannot be written: a part of its path is a file, not a folder/,
    );
    expect(readdirSync(at).sort()).toEqual(['deep', 'empty']);
  });

  test('a pointer of Git LFS is told apart from JSON', () => {
    const path = join(folder(), 'tokenizer.json');
    writeFileSync(path, 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n');
    expect(() => readJson(path, ModelError)).toThrow(
      /is a Git LFS pointer, not the file itself: run "git lfs pull"/,
    );
  });

  test('digests are those of sha256sum', () => {
    const path = join(folder(), 'abc');
    writeFileSync(path, 'abc');
    expect(sha256OfFile(path)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  test('a digest is computed once, and again where the file has changed, whatever its times say', async () => {
    const path = join(folder(), 'model');
    writeFileSync(path, Buffer.alloc(1 << 25, 1));
    const { atime, mtime } = statSync(path);
    // A file that was only just written may change without another time.
    await setTimeout(1100);
    const timed = () => {
      const began = performance.now();
      return { digest: sha256OfFile(path), took: performance.now() - began };
    };
    const [first, second] = [timed(), timed()];
    expect(second.digest).toBe(first.digest);
    expect(second.took).toBeLessThan(first.took / 5);
    writeFileSync(path, Buffer.alloc(1 << 25, 2));
    utimesSync(path, atime, mtime);
    expect(timed().digest).not.toBe(first.digest);
  });

  test("a folder's version tells of files that were changed, added or replaced, and none where there is no folder", () => {
    const at = folder();
    writeFileSync(join(at, 'a'), '1');
    const versions = [versionOfFolder(at)];
    const changed = (change: () => void) => {
      change();
      expect(versions).not.toContain(versionOfFolder(at));
      versions.push(versionOfFolder(at));
    };
    changed(() => writeFileSync(join(at, 'a'), '12'));
    changed(() => writeFileSync(join(at, 'b'), '1'));
    changed(() => writeFileAtomic(join(at, 'b'), '2'));
    writeFileSync(join(at, '.hidden'), '1');
    expect(versionOfFolder(at)).toBe(versions.at(-1));
    expect(versionOfFolder(join(at, 'none'))).toBe('');
  });

  test("a folder's digest follows names and contents, and no hidden file", () => {
    const at = folder();
    mkdirSync(join(at, 'inner'));
    writeFileSync(join(at, 'inner/b'), '1');
    writeFileSync(join(at, 'a'), '2');
    const first = sha256OfFolder(at);
    writeFileSync(join(at, '.DS_Store'), 'x');
    expect(sha256OfFolder(at)).toBe(first);
    writeFileSync(join(at, 'inner/b'), '3');
    expect(sha256OfFolder(at)).not.toBe(first);
  });

  test('an unreadable file is named, with the reason and in the asked kind of error', () => {
    const at = folder();
    writeFileSync(join(at, 'bad.json'), '{"a":');
    expect(() => readJson(join(at, 'none.json'))).toThrow(/none\.json cannot be read: there is no such file/);
    expect(() => readJson(join(at, 'bad.json'))).toThrow(/bad\.json is not JSON: /);
    expect(() => readJson(at)).toThrow(DataError);
    expect(() => readJson(at, ModelError)).toThrow(ModelError);
    expect(() => sha256OfFile(join(at, 'none'))).toThrow(/none cannot be read: there is no such file/);
  });

  test('json may begin with a byte-order mark', () => {
    const path = join(folder(), 'a.json');
    writeFileSync(path, '\uFEFF{"a":1}');
    expect(readJson(path)).toEqual({ a: 1 });
  });
});
