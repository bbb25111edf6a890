import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { Browser, Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';

const renderer = fileURLToPath(new URL('../../../renderer/', import.meta.url));

/** A page of a real browser that runs a module of the tests, built as the window is, and nothing else. */
export async function openPage(
  browser: Browser,
  module: string,
  theme: 'light' | 'dark' = 'light',
): Promise<Page> {
  const { script, style } = await builtOnce(module);
  const page = await browser.newPage({ viewport: { width: 960, height: 660 }, colorScheme: theme });
  await page.setContent('<!doctype html><html lang="en"><title>Test</title><div id="root"></div></html>');
  await page.addStyleTag({ content: style });
  await page.addScriptTag({ content: script, type: 'module' });
  await page.waitForSelector('#root > *');
  return page;
}

interface Built {
  readonly script: string;
  readonly style: string;
}

const builds = new Map<string, Promise<Built>>();

function builtOnce(module: string): Promise<Built> {
  const known = builds.get(module) ?? built(module);
  builds.set(module, known);
  return known;
}

async function built(module: string): Promise<Built> {
  const result = (await build({
    configFile: false,
    root: renderer,
    logLevel: 'silent',
    plugins: [react()],
    css: { modules: { localsConvention: 'camelCaseOnly' } },
    build: { write: false, minify: false, cssCodeSplit: false, rolldownOptions: { input: module } },
  })) as Rolldown.RolldownOutput;
  const { output } = result;
  return {
    script: output.flatMap((file) => (file.type === 'chunk' ? [file.code] : [])).join('\n'),
    style: output
      .flatMap((file) =>
        file.type === 'asset' && file.fileName.endsWith('.css') ? [String(file.source)] : [],
      )
      .join('\n'),
  };
}

/** The path of a module beside a test. */
export const beside = (test: string, module: string): string =>
  join(fileURLToPath(new URL('.', test)), module);
