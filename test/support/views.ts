/** What there is to see in the window: each screen, and what opens over it. */
import type { Page } from 'playwright-core';
import { command, type Screen } from './window.ts';

export interface View {
  readonly name: string;
  readonly screen: Screen;
  /** Opens it from its screen. */
  readonly open?: (page: Page) => Promise<void>;
}

const press = (key: string) => (page: Page) => page.keyboard.press(key);

const choose = (menu: string, item: string) => async (page: Page) => {
  await page.getByRole('button', { name: menu }).first().click();
  await page.getByRole('menuitem', { name: item }).click();
};

const run = (words: string) => (page: Page) => command(page, words);

const openFirstRow = async (page: Page) => {
  await page.getByRole('grid', { name: 'Prompts' }).focus();
  await page.keyboard.press('Enter');
};

/** A dialog takes a moment to appear. */
const openingDialog = (open: (page: Page) => Promise<void>) => async (page: Page) => {
  await open(page);
  await page.getByRole('dialog').waitFor();
};

const dialogs: readonly View[] = (
  [
    { name: 'new project', screen: 'home', open: press('KeyN') },
    { name: 'open a project', screen: 'home', open: press('KeyO') },
    { name: 'search of commands', screen: 'home', open: press('Control+KeyK') },
    { name: 'keyboard shortcuts', screen: 'home', open: press('?') },
    { name: 'import', screen: 'prompts', open: press('KeyI') },
    { name: 'export', screen: 'prompts', open: press('KeyE') },
    { name: 'exact duplicates', screen: 'prompts', open: choose('Clean up', 'Exact duplicates') },
    { name: 'personal data', screen: 'prompts', open: choose('Clean up', 'Personal data') },
    { name: 'prompts per author', screen: 'prompts', open: choose('Clean up', 'Prompts per author') },
    { name: 'split by author', screen: 'prompts', open: choose('Clean up', 'Split by author') },
    { name: 'skip a prompt', screen: 'demonstrate', open: press('Alt+KeyS') },
    { name: 'skip an item', screen: 'rank', open: press('KeyS') },
    { name: 'sample completions', screen: 'rank', open: run('Sample completions') },
    { name: 'order of the queue', screen: 'rank', open: run('Order of the queue') },
    { name: 'prompts to ask', screen: 'play', open: press('Alt+KeyP') },
    { name: 'new evaluation', screen: 'evaluate', open: press('KeyN') },
    { name: 'add a labeler', screen: 'labelers', open: press('KeyN') },
  ] as const satisfies readonly Required<View>[]
).map((view) => ({ ...view, open: openingDialog(view.open) }));

export const views: readonly View[] = [
  { name: 'home', screen: 'home' },
  { name: 'guidelines', screen: 'home', open: press('KeyG') },
  { name: 'prompts', screen: 'prompts' },
  { name: 'a prompt', screen: 'prompts', open: openFirstRow },
  { name: 'new prompt', screen: 'prompts', open: press('KeyN') },
  { name: 'new few-shot prompt', screen: 'prompts', open: press('Shift+KeyN') },
  { name: 'demonstrate', screen: 'demonstrate' },
  { name: 'rating', screen: 'rank' },
  { name: 'ranking', screen: 'rank', open: press('KeyR') },
  { name: 'play', screen: 'play' },
  { name: 'evaluate', screen: 'evaluate' },
  { name: 'iterate', screen: 'iterate' },
  { name: 'labelers', screen: 'labelers' },
  { name: 'settings', screen: 'settings' },
  ...dialogs,
];
