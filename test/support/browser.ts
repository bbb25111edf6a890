import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { chromium, type Browser } from 'playwright-core';

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const archives = join(modules, '@sparticuz/chromium/bin');
const folder = join(modules, '.cache/chromium');
const executable = join(folder, 'chromium');

/** A real browser without a window: that of the packages, so that nothing needs to be installed by hand. */
export function launchBrowser(): Promise<Browser> {
  unpack();
  return chromium.launch({
    executablePath: executable,
    args: ['--headless=shell', '--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'],
    env: { ...process.env, LD_LIBRARY_PATH: join(folder, 'lib') },
  });
}

function unpack(): void {
  if (existsSync(executable)) return;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(join(unfinished, 'chromium'), decompressed('chromium.br'));
  chmodSync(join(unfinished, 'chromium'), 0o755);
  // The libraries that it needs where a system without a desktop has none.
  for (const archive of ['al2023.tar.br', 'swiftshader.tar.br']) {
    execFileSync('tar', ['-x', '-C', unfinished], { input: decompressed(archive) });
  }
  renameSync(unfinished, folder);
}

const decompressed = (archive: string): Buffer => brotliDecompressSync(readFileSync(join(archives, archive)));
