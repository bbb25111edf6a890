/** A model that was taught to converse, on the Play screen: its chat template, the text it reads, a system prompt. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { ServedWorkbench } from '../support/served-workbench.ts';
import { openWindow, problemsOf, settled } from '../support/window.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TEMPLATE =
  "{% for m in messages %}{{ '[' + m.role + '] ' + m.content | trim + eos_token + '\\n' }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";

let folder: string;
let host: ServedWorkbench;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'workbench-play-'));
  const model = join(folder, 'conversing');
  cpSync(resolve('resources/starter/model'), model, { recursive: true });
  writeFileSync(join(model, 'chat_template.jinja'), TEMPLATE);
  writeFileSync(join(model, 'generation_config.json'), '{"temperature":0.6,"top_p":0.9,"top_k":20}');
  [host, browser] = await Promise.all([ServedWorkbench.start(folder), launchBrowser()]);
  const window = await host.connect();
  await window.call('project.openStarter', {});
  await window.call('models.add', { path: model });
  window.close();
});
afterEach(() => context.close());
afterAll(async () => {
  await browser.close();
  await host.stop();
  rmSync(folder, { recursive: true });
});

/** Play with a column of the starter's model and one of the model that converses. */
async function openPlay(colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme,
    reducedMotion: 'reduce',
  });
  const page = await openWindow(context, host, 'play');
  await settled(page);
  await page.getByRole('button', { name: 'Add model' }).click();
  await page.getByRole('button', { name: 'Template: what column 2 reads' }).waitFor();
  return page;
}

const openSettings = (page: Page) => page.getByRole('button', { name: /^temperature/ }).click();
const close = async (page: Page) => {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
};

async function readBy(page: Page, button: string): Promise<string> {
  await page.getByRole('button', { name: button }).click();
  const text = await page.getByLabel('The exact text').innerText();
  await close(page);
  return text;
}

test('a column says whether it has a template, and shows the very text it reads', async () => {
  const page = await openPlay();
  const problems = problemsOf(page);
  await page.getByLabel('Your question').fill('Where is the fox?');
  expect(await readBy(page, 'Plain: what column 1 reads')).toContain('Where is the fox?');
  expect(await readBy(page, 'Template: what column 2 reads')).toBe(
    '[user] Where is the fox?<|endoftext|>\n[assistant]',
  );

  await openSettings(page);
  await page.getByRole('textbox', { name: 'System prompt' }).fill('Be brief.');
  await close(page);
  const told = '[system] Be brief.<|endoftext|>\n[user] Where is the fox?<|endoftext|>\n[assistant]';
  expect(await readBy(page, 'Template: what column 2 reads')).toBe(told);
  expect(await readBy(page, 'Plain: what column 1 reads')).not.toContain('Be brief.');

  await page.getByRole('button', { name: 'Ask', exact: false }).last().click();
  await page
    .getByText(/ended by itself|cut off/)
    .nth(1)
    .waitFor();
  expect(await readBy(page, 'Template: what column 2 reads')).toBe(told);

  await openSettings(page);
  await page.getByRole('radiogroup', { name: 'Chat template' }).getByText('None').click();
  await close(page);
  expect(await readBy(page, 'Plain: what column 2 reads')).not.toContain('[user]');
  expect(problems).toEqual([]);
});

test('answers are sampled as the makers of a model suggest, when asked for', async () => {
  const page = await openPlay();
  await openSettings(page);
  await page.getByRole('button', { name: /^Sample as suggested/ }).click();
  await close(page);
  await page.getByRole('button', { name: /^temperature 0\.6 · top-p 0\.9 · top-k 20/ }).waitFor();
});

test.each(['light', 'dark'] as const)('what is new of it has no violation in %s', async (colorScheme) => {
  const page = await openPlay(colorScheme);
  await page.getByLabel('Your question').fill('Where is the fox?');
  await page.evaluate(`${axe};0`);
  for (const name of [/^Template: what column 2/, /^temperature/]) {
    await page.getByRole('button', { name }).click();
    await settled(page);
    const { violations } = await page.evaluate<AxeResults>(
      `axe.run('[role=dialog]', { resultTypes: ['violations'] })`,
    );
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await close(page);
  }
});
