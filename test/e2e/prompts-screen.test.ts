/** The prompts screen in a real browser, on a project of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Connection } from '../../core/contract/messages.ts';
import type { Prompt, PromptFilter } from '../../core/contract/entities.ts';
import { launchBrowser } from '../support/browser.ts';
import { ServedWorkbench } from '../support/served-workbench.ts';
import { openWindow, problemsOf } from '../support/window.ts';

const PROMPTS = 3000;

let folder: string;
let host: ServedWorkbench;
let browser: Browser;
let connection: Connection;
let page: Page;
let problems: string[];
let projects = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'prompts-screen-'));
  [host, browser] = await Promise.all([ServedWorkbench.start(folder), launchBrowser()]);
  connection = await host.connect();
});
afterAll(async () => {
  connection.close();
  await browser.close();
  await host.stop();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  await connection.call('project.create', { path: join(folder, `project-${projects++}`), name: 'Prompts' });
  for (let from = 0; from < PROMPTS; from += 1000) {
    const prompts = Array.from({ length: 1000 }, (_, i) => promptAt(from + i));
    await connection.call('prompts.add', { prompts });
  }
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await openWindow(context, host, 'prompts');
  problems = problemsOf(page);
  await page.getByText('Poem 0 about rain').waitFor();
});
afterEach(async () => {
  await page.context().close();
  expect(problems).toEqual([]);
});

const promptAt = (i: number) => ({
  text: i === 7 ? 'Write to ada@example.org about the rain.' : `Poem ${i} about rain`,
  kind: 'plain' as const,
  useCase: null,
  author: i % 2 === 0 ? 'Ada' : 'Tomasz',
  split: 'train' as const,
});

async function stored(filter: PromptFilter = {}): Promise<{ total: number; rows: Prompt[] }> {
  return connection.call('prompts.page', { filter, offset: 0, limit: 5 });
}
const soon = <T>(read: () => Promise<T>) => expect.poll(read, { timeout: 5000 });
const totalSoon = (filter: PromptFilter = {}) => soon(async () => (await stored(filter)).total);
const grid = () => page.getByRole('grid', { name: 'Prompts' });
const button = (name: string) => page.getByRole('button', { name, exact: true });

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

async function choose(name: string, text: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await button('Choose a file…').click();
  await (await chooser).setFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
}

test('deletes a range over rows that were never loaded, and brings them back', async () => {
  await grid().focus();
  await press('ArrowDown', 'Space', 'Shift+End');
  await page.getByText('2,999 of 3,000 prompts selected').waitFor();
  await press('Delete');
  await totalSoon().toBe(1);
  await page.getByText('Deleted 2,999 prompts').waitFor();
  await press('Control+KeyZ');
  await totalSoon().toBe(PROMPTS);
});

test('deletes the row that the keyboard is at when nothing is selected', async () => {
  await grid().focus();
  await press('ArrowDown', 'ArrowDown', 'Delete');
  await soon(async () => (await stored()).rows.map(({ text }) => text)).toEqual(
    [0, 1, 3, 4, 5].map((i) => `Poem ${i} about rain`),
  );
});

test('finds by words from the slash key, and by author', async () => {
  await press('/');
  await page.keyboard.type('poem 299');
  await page.getByRole('status').getByText('11 prompts').waitFor();
  await button('Author').first().click();
  await page.getByRole('option', { name: /^Tomasz/ }).click();
  await page.getByText('6 prompts').waitFor();
  await press('Escape');
  await page.getByRole('option').first().waitFor({ state: 'detached' });
  await page.getByRole('status').getByText('6 prompts').waitFor();
  await button('Author: Tomasz').waitFor();
});

test('opens a row, saves what is changed and asks before what is not saved is lost', async () => {
  await grid().focus();
  await press('Enter');
  const text = page.getByRole('textbox', { name: 'Text' });
  await text.fill('A poem about snow');
  await press('Control+Enter');
  await totalSoon({ search: 'snow' }).toBe(1);
  await text.fill('A poem about hail');
  await press('Escape');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  expect(await text.inputValue()).toBe('A poem about hail');
  await text.press('Escape');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Leave' }).click();
  await text.waitFor({ state: 'detached' });
  expect((await stored({ search: 'hail' })).total).toBe(0);
});

test('writes a few-shot prompt from its parts', async () => {
  await grid().focus();
  await press('Shift+KeyN');
  await page.getByLabel('Instruction').fill('Name the colour.');
  await page.getByLabel('Input').first().fill('grass');
  await page.getByLabel('Output').first().fill('green');
  await page.getByLabel('Query').fill('sky');
  await press('Control+Enter');
  await soon(async () => (await stored({ kinds: ['few-shot'] })).rows[0]?.text).toBe(
    'Name the colour.\n\nInput: grass\nOutput: green\n\nInput: sky\nOutput:',
  );
});

test('shows personal data in its context before it is redacted', async () => {
  await button('Clean up').click();
  await page.getByRole('menuitem', { name: 'Personal data…' }).click();
  await page.getByRole('row', { name: /Write to ada@example\.org about the rain/ }).waitFor();
  await button('Redact 1 finding').click();
  await soon(async () => (await stored({ search: 'write' })).rows[0]?.text).toBe(
    'Write to [e-mail] about the rain.',
  );
});

const lines = (...rows: unknown[]) => rows.map((row) => JSON.stringify(row)).join('\n');
const FILE = lines(
  { instruction: 'Name a fish.', output: 'Pike.' },
  { instruction: '', output: 'Nothing.' },
  { instruction: 'Name a bird.', output: 'Heron.' },
);

test('imports nothing when the dialog is closed after the check', async () => {
  await button('Import').click();
  await choose('animals.jsonl', FILE);
  await button('Check the rows').click();
  await page.getByRole('row', { name: /instruction/ }).waitFor();
  await button('Cancel').click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect((await stored()).total).toBe(PROMPTS);
});

test('imports what is right, leaves out what is not, and undoes it', async () => {
  await button('Import').click();
  await choose('animals.jsonl', FILE);
  await button('Check the rows').click();
  await button('Import 2 prompts and 2 demonstrations').click();
  await totalSoon({ sources: ['animals.jsonl'] }).toBe(2);
  await button('Undo').click();
  await totalSoon().toBe(PROMPTS);
});
