/** The screen for demonstrations in a real browser, on prompts of the starter. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { CallOutput } from '../../core/contract/calls.ts';
import { LabelingWindow } from './labeling-window.ts';

type Item = NonNullable<CallOutput<'demonstrate.item'>>;

let workbench: LabelingWindow;
let page: Page;

beforeAll(async () => {
  workbench = await LabelingWindow.start();
});
afterEach(async () => {
  await page.context().close();
  await workbench.change({ startFromModel: false });
});
afterAll(async () => {
  await workbench.stop();
  expect(workbench.problems).toEqual([]);
});

const editor = () => page.getByRole('textbox', { name: 'Your answer' });
const promptShown = () => page.getByRole('region', { name: 'Prompt' }).innerText();
const soon = <T>(read: () => Promise<T>) => expect.poll(read, { timeout: 5000 });

const readItem = async (item?: Item): Promise<Item> => {
  const at = item && { item: item.prompt.id };
  return (await workbench.connection.call('demonstrate.item', { labeler: workbench.labeler, ...at }))!;
};

test('one can type at once, and a reload finds what was typed', async () => {
  page = await workbench.open('demonstrate', 'draft');
  const item = await readItem();
  await page.keyboard.type('Dear Leo');
  await page.reload();
  await soon(() => editor().inputValue()).toBe('Dear Leo');
  expect(await readItem(item)).toMatchObject({ draft: 'Dear Leo', status: 'draft' });
});

test('submits, goes on, and comes back by undo with the text', async () => {
  page = await workbench.open('demonstrate', 'submit');
  const item = await readItem();
  const before = await promptShown();
  await page.keyboard.type('Come to the library.');
  await page.keyboard.press('Control+Enter');
  await soon(promptShown).not.toBe(before);
  expect(await readItem(item)).toMatchObject({ submitted: 'Come to the library.', status: 'submitted' });
  await page.keyboard.press('Alt+KeyZ');
  await soon(promptShown).toBe(before);
  await soon(() => editor().inputValue()).toBe('Come to the library.');
  expect((await readItem(item)).submitted).toBeNull();
});

test('a draft over what was submitted leaves it as it is', async () => {
  page = await workbench.open('demonstrate', 'again');
  const item = await readItem();
  await page.keyboard.type('First');
  await page.keyboard.press('Control+Enter');
  await soon(() => editor().inputValue()).toBe('');
  await page.keyboard.press('Alt+KeyP');
  await soon(() => editor().inputValue()).toBe('First');
  await page.keyboard.type(' thought');
  await soon(async () => (await readItem(item)).draft).toBe('First thought');
  expect((await readItem(item)).submitted).toBe('First');
  await page.getByRole('button', { name: 'Back to what I submitted' }).click();
  expect(await editor().inputValue()).toBe('First');
});

test('counts tokens against the context of the model', async () => {
  page = await workbench.open('demonstrate', 'tokens');
  await page.keyboard.type('Come to the park.');
  await page.getByText(/^[1-9]\d* tokens with the end token, \d+ of \d+ left$/).waitFor();
});

test('a model’s answer is offered only where the settings allow it', async () => {
  page = await workbench.open('demonstrate', 'start');
  const start = page.getByRole('button', { name: 'Start from a model’s answer' });
  expect(await start.count()).toBe(0);
  await workbench.change({ startFromModel: true });
  await start.click();
  await expect.poll(() => editor().inputValue(), { timeout: 60_000 }).not.toBe('');
});
