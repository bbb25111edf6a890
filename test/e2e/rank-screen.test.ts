/** The ranking screen in a real browser, on rankings of the starter that are asked again. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { RankingItem } from '../../core/contract/calls.ts';
import { LabelingWindow } from './labeling-window.ts';

let workbench: LabelingWindow;
let page: Page;

const RANKED_AT_ONCE = { overlap: 1, reask: 0, likert: false, metadataLabels: [] };

beforeAll(async () => {
  workbench = await LabelingWindow.start();
  await workbench.change(RANKED_AT_ONCE);
});
afterEach(async () => {
  await page.context().close();
  await workbench.change(RANKED_AT_ONCE);
});
afterAll(async () => {
  await workbench.stop();
  expect(workbench.problems).toEqual([]);
});

const shown = () => page.getByRole('article');
/** What is said of each completion, by its letter. */
const names = () =>
  page.evaluate<string[]>(
    `[...document.querySelectorAll('article')].map((card) => card.ariaLabel.replace('Completion ', ''))`,
  );
const promptShown = () => page.getByRole('region', { name: 'Prompt' }).innerText();

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** The item at which a new labeler begins. */
async function firstItem(): Promise<RankingItem> {
  return (await workbench.connection.call('rank.item', { labeler: workbench.labeler }))!;
}

const itemAgain = async ({ id }: RankingItem): Promise<RankingItem> =>
  (await workbench.connection.call('rank.item', { labeler: workbench.labeler, item: id }))!;

/** Waits until the workbench has what is expected. */
const soon = <T>(read: () => Promise<T>) => expect.poll(read, { timeout: 5000 });

test('ranks by number keys with a tie and submits with Enter', async () => {
  page = await workbench.open('rank', 'keys');
  const item = await firstItem();
  const places = item.candidates.map((_, at) => (at === 2 ? 1 : at + 1));
  const before = await promptShown();
  await press(...places.map((place) => `Digit${place}`));
  expect((await names()).slice(0, 3)).toEqual([
    'A, rank 1, tied with C',
    'B, rank 2',
    'C, rank 1, tied with A',
  ]);
  await press('Enter');
  await soon(promptShown).not.toBe(before);
  const { status, submitted } = await itemAgain(item);
  expect(status).toBe('submitted');
  const [a, b, c] = item.candidates.map(({ id }) => submitted!.ranks[id]);
  expect([a, b, c]).toEqual([1, 2, 1]);
});

test('undo goes back through the steps of an item and past the last submit', async () => {
  page = await workbench.open('rank', 'undo');
  const item = await firstItem();
  const before = await promptShown();
  await press('Digit2', 'Digit1', 'Control+Enter');
  await soon(promptShown).not.toBe(before);
  await press('Digit1', 'KeyZ');
  expect((await names())[0]).toBe('A, not ranked');
  await press('KeyZ');
  await soon(promptShown).toBe(before);
  expect((await names()).slice(0, 2)).toEqual(['A, rank 2', 'B, rank 1']);
  await soon(async () => (await itemAgain(item)).submitted).toBeNull();
  await press('KeyZ');
  expect((await names()).slice(0, 2)).toEqual(['A, rank 2', 'B, not ranked']);
});

test('a reload finds the ranks of a moment ago', async () => {
  page = await workbench.open('rank', 'draft');
  await press('Digit3', 'Digit1');
  await page.reload();
  await page.getByRole('region', { name: 'Prompt' }).waitFor();
  expect((await names()).slice(0, 2)).toEqual(['A, rank 3', 'B, rank 1']);
});

test('the pointer drags a completion onto a rank, and off it', async () => {
  page = await workbench.open('rank', 'pointer');
  const slot = page.getByRole('group', { name: /^Rank 2/ });
  await page.getByRole('button', { name: 'Drag B to a rank' }).dragTo(slot);
  await soon(names).toContain('B, rank 2');
  await slot.getByText('B').dragTo(page.getByRole('group', { name: /^Not ranked/ }));
  await soon(names).toContain('B, not ranked');
});

test('the keyboard alone drags a completion onto a rank', async () => {
  page = await workbench.open('rank', 'handles');
  await page.getByRole('button', { name: 'Drag A to a rank' }).focus();
  await press('Enter');
  const dropsOn = () => page.evaluate<string>('document.activeElement.getAttribute("aria-label")');
  for (let tabs = 0; tabs < 20 && !(await dropsOn()).startsWith('Rank 3'); tabs++) await press('Tab');
  await press('Enter');
  await soon(names).toContain('A, rank 3');
});

test('a completion moves a rank up and down, and out', async () => {
  page = await workbench.open('rank', 'arrows');
  await press('Digit2', 'ArrowLeft', 'Alt+ArrowUp');
  expect(await names()).toContain('A, rank 1');
  await press('Alt+ArrowDown', 'Alt+ArrowDown');
  expect(await names()).toContain('A, rank 3');
  await press('Backspace');
  expect(await names()).toContain('A, not ranked');
});

test('skips with a reason, and goes on', async () => {
  page = await workbench.open('rank', 'skip');
  const item = await firstItem();
  const before = await promptShown();
  await press('KeyS');
  await page.getByRole('option').first().waitFor();
  await press('ArrowDown', 'Enter');
  await soon(promptShown).not.toBe(before);
  expect((await itemAgain(item)).status).toBe('skipped');
});

test('shows differences from the focused completion only when asked', async () => {
  page = await workbench.open('rank', 'differences');
  const marked = () => page.locator('article ins, article del, article p').count();
  expect(await marked()).toBe(0);
  await press('KeyD');
  expect(await marked()).toBeGreaterThan(0);
});

test('rates first, then ranks, and shows where the two disagree without standing in the way', async () => {
  await workbench.change({ ...RANKED_AT_ONCE, likert: true });
  page = await workbench.open('rank', 'rating');
  const item = await firstItem();
  const ratings = item.candidates.map((_, at) => Math.min(7, at + 1));
  await press(...ratings.map((rating) => `Digit${rating}`));
  await soon(() => shown().count()).toBe(item.candidates.length);
  await press(...item.candidates.map((_, at) => `Digit${at + 1}`));
  await page.getByText('Rated B above A').waitFor();
  await press('Enter');
  await soon(async () => (await itemAgain(item)).status).toBe('submitted');
  const { submitted } = await itemAgain(item);
  expect(item.candidates.map(({ id }) => submitted!.ratings[id]?.overall)).toEqual(ratings);
});

test('nothing of the origin reaches the window before the submit', async () => {
  page = await workbench.open('rank', 'blind');
  const item = await firstItem();
  expect(Object.keys(item.candidates[0]!)).toEqual(['id', 'text']);
  await page.evaluate(`localStorage.setItem('rank.reveal', 'true')`);
  await page.reload();
  await page.getByRole('region', { name: 'Prompt' }).waitFor();
  await expect(page.locator('article footer').count()).resolves.toBe(0);
  await press('Digit1', 'Digit2', 'Control+Enter');
  await soon(() => page.locator('article footer').count()).toBe(item.candidates.length);
});

test('samples from an empty queue, and shows the first item as soon as it is there', async () => {
  await workbench.change({ ...RANKED_AT_ONCE, overlap: 0 });
  page = await workbench.open('demonstrate', 'sampling');
  await page.getByRole('link', { name: 'Rank' }).click();
  await page.getByRole('button', { name: 'Sample completions…' }).click();
  await page.getByRole('textbox', { name: 'Prompts', exact: true }).fill('2');
  await page.getByRole('textbox', { name: 'Completions of each' }).fill('2');
  await page.getByRole('textbox', { name: 'Most tokens' }).fill('8');
  await page.keyboard.press('Tab');
  await page.getByText('4 completions for 2 of').waitFor();
  await page.getByRole('button', { name: 'Sample', exact: true }).click();
  await page
    .getByRole('button', { name: /Go on labeling|Close/ })
    .last()
    .click();
  await shown().first().waitFor({ timeout: 60_000 });
  expect(await shown().count()).toBe(2);
  const item = await firstItem();
  await press('KeyB', 'Enter');
  await soon(async () => (await itemAgain(item)).status).toBe('submitted');
});
