import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { beside, openPage } from '../support/page.ts';

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
});
beforeEach(async () => {
  page = await openPage(browser, beside(import.meta.url, 'pages/keys-page.tsx'));
});
afterEach(() => page.close());
afterAll(() => browser.close());

const press = async (...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};
const done = () => page.textContent('output');

it('does what a key means, with or without a modifier', async () => {
  await press('g', 'Control+Enter');
  expect(await done()).toBe('plain submit');
});

it('types plain keys into a text field and takes only those with a modifier', async () => {
  await page.getByLabel('Text').focus();
  await press('g', 'Control+Enter');
  expect(await done()).toBe('submit');
  expect(await page.getByLabel('Text').inputValue()).toBe('g');
});

it('leaves undo to the text that is being typed', async () => {
  await press('Control+z');
  await page.getByLabel('Text').focus();
  await press('g', 'Control+z');
  expect(await done()).toBe('undo');
  expect(await page.getByLabel('Text').inputValue()).toBe('');
});

it('lets Enter press the button that has the focus', async () => {
  await page.getByRole('button', { name: 'Press' }).focus();
  await press('Enter');
  expect(await done()).toBe('pressed');
});

it('does nothing behind a dialog', async () => {
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByRole('dialog').waitFor();
  await press('g', 'Control+Enter');
  expect(await done()).toBe('');
  await press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await press('g');
  expect(await done()).toBe('plain');
});

it('prefers the screen to what works everywhere', async () => {
  await press('s');
  expect(await done()).toBe('here');
});

it('does nothing for a command that cannot be used now', async () => {
  await press('n', 'g');
  expect(await done()).toBe('plain');
});
