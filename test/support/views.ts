/** What there is to see in the window of a project in which all stages were trained: each screen, and what opens over it. */
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

const pressed = (button: RegExp) => (page: Page) => page.getByRole('button', { name: button }).click();

const openFirstRow = async (page: Page) => {
  await page.getByRole('grid', { name: 'Prompts' }).focus();
  await page.keyboard.press('Enter');
};

/** Of the runs that `trainEachStage` leaves, one, and one of its tabs. */
const tabOf = (run: string, key: string, tab: string) => async (page: Page) => {
  await page.getByRole('grid', { name: 'Runs' }).getByText(run, { exact: true }).click();
  await page.keyboard.press(key);
  await page.getByRole('tab', { name: tab, selected: true }).waitFor();
};

/** One of the parts of an evaluation. */
const partOf = (name: string) => (page: Page) => page.getByRole('tab', { name }).click();

const askModels = async (page: Page) => {
  await page.getByRole('textbox', { name: 'Your question' }).fill('What is the boat made of?');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: 'Actions for answer of column 2' }).waitFor();
};

const compareRuns = async (page: Page) => {
  await page.keyboard.press('KeyT');
  await page.getByRole('grid', { name: 'Runs' }).focus();
  await page.keyboard.press('Control+KeyA');
  await page.getByRole('button', { name: 'Compare settings' }).click();
};

/** Judges the evaluation by hand: its first item. */
const judge = async (page: Page) => {
  await page.keyboard.press('KeyR');
  await page.getByText('These judgements never train.').waitFor();
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
    { name: 'new run', screen: 'train', open: press('KeyN') },
    { name: 'fork a run', screen: 'train', open: press('KeyF') },
    { name: 'removed runs', screen: 'train', open: run('Show removed runs') },
    { name: 'take a prompt', screen: 'play', open: press('Alt+KeyP') },
    { name: 'how answers are sampled', screen: 'play', open: pressed(/^temperature/) },
    { name: 'new evaluation', screen: 'evaluate', open: press('KeyN') },
    { name: 'sample for a round', screen: 'iterate', open: press('KeyS') },
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
  { name: 'charts', screen: 'train' },
  { name: 'samples', screen: 'train', open: tabOf('ppo', 'Digit2', 'Samples') },
  { name: 'tokens', screen: 'train', open: tabOf('ppo', 'Digit3', 'Tokens') },
  { name: 'doctor', screen: 'train', open: tabOf('ppo', 'Digit4', 'Doctor') },
  { name: 'reward report', screen: 'train', open: tabOf('reward-model', 'Digit5', 'Reward report') },
  { name: 'details', screen: 'train', open: tabOf('ppo', 'Digit6', 'Details') },
  { name: 'runs', screen: 'train', open: press('KeyT') },
  { name: 'runs compared', screen: 'train', open: compareRuns },
  { name: 'play', screen: 'play' },
  { name: 'answers', screen: 'play', open: askModels },
  { name: 'win rates', screen: 'evaluate' },
  { name: 'ratings', screen: 'evaluate', open: partOf('Ratings') },
  { name: 'over-optimisation', screen: 'evaluate', open: partOf('Over-optimisation') },
  { name: 'judging', screen: 'evaluate', open: judge },
  { name: 'iterate', screen: 'iterate' },
  { name: 'labelers', screen: 'labelers' },
  { name: 'settings', screen: 'settings' },
  ...dialogs,
];
