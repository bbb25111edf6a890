/** Pictures of every screen for the README: `node test/e2e/screenshots.ts` writes them to resources/screenshots. */
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { RankingItem } from '../../core/contract/calls.ts';
import type { Connection } from '../../core/contract/messages.ts';
import { randomStream, type RandomStream } from '../../core/data/random.ts';
import { launchBrowser } from '../support/browser.ts';
import { newLabeler, ServedWorkbench } from '../support/served-workbench.ts';
import { openWindow, settled, type Screen } from '../support/window.ts';
import { trainAll } from './pictured-runs.ts';

const pictures = join(import.meta.dirname, '../../resources/screenshots');
const folder = join(tmpdir(), 'alignment-workbench');
const size = { width: 1280, height: 800 };
/** A browser that draws in software needs some frames until all of a page has its new colours. */
const DRAWN_MS = 500;

const RANKED = 75;
const SCREENED = 16;
/** How far judgements of one text lie apart. */
const DOUBT = 3;

/** A made-up taste: answers of several different words, but not too many. */
function qualityOf(text: string): number {
  const words = new Set(text.toLowerCase().split(/\W+/));
  return -Math.abs(words.size - 12);
}

function judge({ candidates }: RankingItem, random: RandomStream) {
  const judged = candidates.map(({ id, text }) => ({
    id,
    quality: qualityOf(text) + DOUBT * random.normal(),
  }));
  const best = Math.max(...judged.map(({ quality }) => quality));
  const rankOf = (quality: number) => Math.min(candidates.length, 1 + Math.floor((best - quality) / 2));
  const rating = (quality: number) => Math.max(1, Math.min(7, Math.round(7 + quality / 2)));
  return {
    ranks: Object.fromEntries(judged.map(({ id, quality }) => [id, rankOf(quality)])),
    ratings: Object.fromEntries(judged.map(({ id, quality }) => [id, { overall: rating(quality) }])),
  };
}

async function rank(window: Connection, labeler: number, random: RandomStream): Promise<number> {
  const item = (await window.call('rank.item', { labeler })) as RankingItem;
  await window.call('rank.submit', {
    labeler,
    item: item.id,
    answer: judge(item, random),
    shownOrder: item.candidates.map(({ id }) => id),
    seed: item.seed,
    effort: { activeMs: 20_000 + random.integer(60_000), idleMs: random.integer(5_000) },
  });
  return item.id;
}

/** Some weeks into a project: three people have ranked, one of them held out. */
async function prepare(window: Connection): Promise<void> {
  await window.call('project.openStarter', {});
  await window.call('project.setGuidelines', {
    text: 'Prefer what is true over what is pleasant, and what is short over what is long. A tie is better than a guess.',
  });
  const { labeling } = await window.call('app.settings', {});
  await window.call('app.changeSettings', { labeling: { ...labeling, overlap: 0.03, reask: 0.3 } });
  const random = randomStream(1, 'screenshots');
  const ids: number[] = [];
  for (const name of ['Ben', 'Chiara', 'Ada']) ids.push(await newLabeler(window, name));
  const [ben, chiara, ada] = ids as [number, number, number];
  await window.call('labelers.change', { id: chiara, heldOut: true });
  const items: number[] = [];
  for (let i = 0; i < RANKED; i++) {
    items.push(await rank(window, ada, random));
    for (const labeler of [ben, chiara]) await rank(window, labeler, random);
  }
  await window.call('labelers.setScreening', { owner: ada, items: [...new Set(items)].slice(0, SCREENED) });
}

const press =
  (...keys: readonly string[]) =>
  async (page: Page) => {
    for (const key of keys) await page.keyboard.press(key);
  };

/** Selects a run by its name and shows one of its tabs. */
const showRun = (name: string, tab: string) => async (page: Page) => {
  const row = page.getByRole('grid', { name: 'Runs' }).getByText(name, { exact: true });
  await row.click();
  await page.keyboard.press(tab);
  await page.waitForTimeout(DRAWN_MS);
};

async function ask(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Question' }).fill('Write a letter to Leo about the library.');
  await page.keyboard.press('Control+Enter');
  await page.waitForTimeout(10 * DRAWN_MS);
}

const ANSWER = 'Hello Leo, please come to the library today. I found a book about foxes for us. Finn';

interface Picture {
  readonly name: string;
  readonly screen: Screen;
  readonly arrange?: (page: Page) => Promise<unknown>;
}

const shown: readonly Picture[] = [
  { name: 'home', screen: 'home' },
  { name: 'prompts', screen: 'prompts' },
  {
    name: 'demonstrate',
    screen: 'demonstrate',
    arrange: async (page) => {
      await page.getByRole('textbox', { name: 'Your answer' }).fill(ANSWER);
      await page.getByText('Draft saved').waitFor();
    },
  },
  { name: 'rate', screen: 'rank', arrange: press('Digit5', 'Enter', 'Digit3', 'Enter') },
  { name: 'rank', screen: 'rank', arrange: press('KeyR', 'Digit2', 'Digit1', 'Digit1') },
  { name: 'train', screen: 'train', arrange: showRun('ppo', 'Digit1') },
  { name: 'samples', screen: 'train', arrange: showRun('ppo', 'Digit2') },
  { name: 'tokens', screen: 'train', arrange: showRun('ppo', 'Digit3') },
  { name: 'doctor', screen: 'train', arrange: showRun('ppo-weak-kl', 'Digit4') },
  { name: 'reward-report', screen: 'train', arrange: showRun('reward-model', 'Digit5') },
  { name: 'details', screen: 'train', arrange: showRun('ppo', 'Digit6') },
  { name: 'new-run', screen: 'train', arrange: press('KeyN') },
  { name: 'runs', screen: 'train', arrange: press('KeyT') },
  { name: 'play', screen: 'play', arrange: ask },
  { name: 'evaluate', screen: 'evaluate' },
  { name: 'iterate', screen: 'iterate' },
  { name: 'labelers', screen: 'labelers' },
  { name: 'settings', screen: 'settings' },
];

async function take(
  browser: Browser,
  host: ServedWorkbench,
  { name, screen, arrange }: Picture,
): Promise<void> {
  await using context = await browser.newContext({ viewport: size, reducedMotion: 'reduce' });
  const page = await openWindow(context, host, screen);
  await settled(page);
  await arrange?.(page);
  await settled(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(DRAWN_MS);
    await page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`) });
  }
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(pictures, { recursive: true });
{
  await using host = await ServedWorkbench.start(folder);
  await using browser = await launchBrowser();
  const window = await host.connect();
  await prepare(window);
  await trainAll(window);
  for (const picture of shown) await take(browser, host, picture);
}
rmSync(folder, { recursive: true });
