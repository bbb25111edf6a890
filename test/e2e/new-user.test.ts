/** From nothing to twenty rankings and back the next day, through the window alone. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { until } from '../support/processes.ts';
import { expectSound, numberOf, rowsOf } from '../support/project-database.ts';
import { ServedWorkbench } from '../support/served-workbench.ts';
import { command, goTo, openWindow } from '../support/window.ts';

const seedTasks = join(import.meta.dirname, '../../../shared/data/datasets/seed_tasks.jsonl');
const ANSWER = 'Cups are made of clay, and this one is too.';
const ITEMS = 20;
/** After this many the last is undone and ranked anew. */
const UNDONE = 12;

let folder: string;
let project: string;
let host: ServedWorkbench;
let browser: Browser;
let page: Page;

async function start(): Promise<void> {
  [host, browser] = await Promise.all([ServedWorkbench.start(folder), launchBrowser()]);
  page = await openWindow(await browser.newContext({ viewport: { width: 1280, height: 800 } }), host);
}

async function stop(): Promise<void> {
  await browser.close();
  await host.stop();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'workbench-new-user-'));
  project = join(folder, 'projects', 'starter');
  await start();
});
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

const button = (name: string | RegExp): Locator => page.getByRole('button', { name });
const countOf = (table: string): number => numberOf(project, `SELECT count(*) FROM ${table}`);

/** What a labeler who is not simulated said: the labels of the person at the keyboard. */
const OWN = "labeler = (SELECT id FROM labelers WHERE name = 'Ada') AND retired_change IS NULL";

async function importFile(path: string): Promise<void> {
  await goTo(page, 'prompts');
  await button('Import').click();
  const chooser = page.waitForEvent('filechooser');
  await button('Choose a file…').click();
  await (await chooser).setFiles(path);
  await button('Check the rows').click();
  await button(/^Import \d/).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

async function fill(label: string, value: number): Promise<void> {
  await page.getByRole('textbox', { name: label, exact: true }).fill(String(value));
  await page.keyboard.press('Tab');
}

describe('a new user', () => {
  test('opens the starter from Home', async () => {
    await button('Open the starter').click();
    await page.getByRole('region', { name: 'This project' }).getByText('3,000').waitFor();
    expectSound(project);
  });

  test('imports a file: what is right in it, once', async () => {
    const rows = [
      { prompt: 'Name three rivers of Europe.', completion: 'The Rhine, the Danube and the Loire.' },
      { prompt: 'Name three rivers of Europe.', completion: 'The Rhine, the Danube and the Loire.' },
      { prompt: 'What is the capital of Peru?', completion: 'Lima.' },
      { completion: 'An answer to nothing.' },
    ];
    const file = join(folder, 'rivers.jsonl');
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await importFile(file);
    await page.getByRole('searchbox').fill('Europe');
    await page.getByRole('grid', { name: 'Prompts' }).getByText('Name three rivers').waitFor();
    expect(numberOf(project, "SELECT count(*) FROM prompts WHERE source = 'rivers.jsonl'")).toBe(2);
    await page.getByRole('searchbox').fill('');
  });

  test.skipIf(!existsSync(seedTasks))('imports the seed tasks', async () => {
    await importFile(seedTasks);
    expect(numberOf(project, "SELECT count(*) FROM prompts WHERE source = 'seed_tasks.jsonl'")).toBe(175);
  });

  test('says who is labeling', async () => {
    await goTo(page, 'labelers');
    await page.keyboard.press('KeyN');
    await page.getByRole('textbox', { name: 'Name' }).fill('Ada');
    await page.keyboard.press('Enter');
    await button('Labeling: Ada').waitFor();
  });

  test('writes a demonstration', async () => {
    await goTo(page, 'demonstrate');
    await page.getByRole('textbox', { name: 'Your answer' }).fill(ANSWER);
    await page.keyboard.press('Control+Enter');
    await page.getByText('1 submitted').waitFor();
    const written = rowsOf(project, `SELECT text FROM demonstrations WHERE ${OWN}`);
    expect(written).toEqual([{ text: ANSWER }]);
  });

  test('samples completions from the starter model', async () => {
    const before = countOf('completions');
    await goTo(page, 'rank');
    await page.getByRole('article').first().waitFor();
    await command(page, 'sample completions');
    await page.getByRole('checkbox', { name: /^Starter: base model/ }).check();
    // Of the starter's own: what was imported may be too long for its small model.
    await page.getByRole('searchbox', { name: 'Prompts that contain' }).fill('Finn');
    await fill('Prompts', ITEMS);
    await fill('Completions of each', 4);
    await fill('Most tokens', 24);
    await page.getByRole('button', { name: 'Sample', exact: true }).click();
    await page.getByText(`completions sampled for ${ITEMS} prompts`).waitFor({ timeout: 120_000 });
    await page.keyboard.press('Escape');
    expect(countOf('completions')).toBe(before + 4 * ITEMS);
  });

  test('ranks twenty items by keyboard alone, with ties and an undo', async () => {
    await page.reload();
    const expected = new Map<number, Ranks>();
    for (let i = 1; i <= ITEMS; i++) {
      const { item, ranks } = await rankItem(i === 1);
      expected.set(item, ranks);
      if (i === UNDONE) expected.set(item, await undoAndReverse(item));
    }
    await page.getByText(`${ITEMS} submitted`).waitFor();
    expect(readRankings()).toEqual(expected);
    expect(numberOf(project, 'SELECT count(*) FROM changes WHERE undoes IS NOT NULL')).toBe(1);
  });

  test('closes everything, comes back, and all of it is there', async () => {
    const rankings = readRankings();
    const [prompts, completions] = [countOf('prompts'), countOf('completions')];
    await stop();
    expectSound(project);
    await start();
    await button(/^Starter/).click();
    await page
      .getByRole('region', { name: 'This project' })
      .getByText(completions.toLocaleString())
      .waitFor();
    await button('Labeling: Ada').waitFor();
    await expectOnScreens();
    expect(readRankings()).toEqual(rankings);
    expect(countOf('prompts')).toBe(prompts);
  });
});

type Ranks = Readonly<Record<string, number>>;

const readRankings = (): Map<number, Ranks> =>
  new Map(
    rowsOf<{ item: number; ranks: string }>(
      project,
      `SELECT item, ranks FROM rankings WHERE state = 'submitted' AND ${OWN}`,
    ).map(({ item, ranks }) => [item, JSON.parse(ranks) as Ranks]),
  );

/** The completions in the order in which they are shown. */
const shown = (): Promise<number[]> =>
  page
    .locator('article[data-completion]')
    .evaluateAll((cards: { dataset: Record<string, string> }[]) =>
      cards.map(({ dataset }) => Number(dataset['completion'])),
    );

const itemOf = (completion: number): number =>
  numberOf(project, 'SELECT item FROM completions WHERE id = ?', completion);

/** Ranks what is shown in pairs, two on each rank, and waits for the next item; nothing is touched but keys. */
async function rankItem(rateFirst: boolean): Promise<{ item: number; ranks: Ranks }> {
  await page.locator('article[data-completion]').first().waitFor();
  if (rateFirst) await rateEach();
  else await page.keyboard.press('KeyR');
  await button('Submit').waitFor();
  const completions = await shown();
  const ranks = await pressRanks(completions, (place) => 1 + Math.floor(place / 2));
  await submit(completions);
  return { item: itemOf(completions[0]!), ranks };
}

/** Rates one completion after the other; after the last it is time to rank. */
async function rateEach(): Promise<void> {
  const count = await page.getByRole('group', { name: 'Completions' }).getByRole('button').count();
  for (let i = 0; i < count; i++) {
    await page.keyboard.press(`Digit${1 + (i % 7)}`);
    await page.keyboard.press('Enter');
  }
}

/** From the first on; after each the focus is on the next. */
async function pressRanks(completions: readonly number[], rankAt: (place: number) => number): Promise<Ranks> {
  const first = page.locator(`article[data-completion="${completions[0]}"]`);
  while ((await first.getAttribute('aria-current')) !== 'true') await page.keyboard.press('ArrowRight');
  for (const place of completions.keys()) await page.keyboard.press(`Digit${rankAt(place)}`);
  return Object.fromEntries(completions.map((id, place) => [id, rankAt(place)]));
}

async function submit(completions: readonly number[]): Promise<void> {
  await page.keyboard.press('Control+Enter');
  await page.locator(`article[data-completion="${completions[0]}"]`).waitFor({ state: 'detached' });
}

/** Takes the last submission back, and ranks the same item the other way round. */
async function undoAndReverse(item: number): Promise<Ranks> {
  await page.keyboard.press('KeyZ');
  await until(async () => itemOf((await shown())[0]!) === item);
  expect([...readRankings().keys()]).not.toContain(item);
  await page.keyboard.press('Shift+Backspace');
  const completions = await shown();
  const last = Math.floor((completions.length - 1) / 2);
  const ranks = await pressRanks(completions, (place) => 1 + last - Math.floor(place / 2));
  await submit(completions);
  return ranks;
}

/** Each screen shows what was made on it the day before. */
async function expectOnScreens(): Promise<void> {
  await goTo(page, 'prompts');
  await page.getByRole('searchbox').fill('capital of Peru');
  await page.getByRole('grid', { name: 'Prompts' }).getByText('What is the capital of Peru?').waitFor();
  await goTo(page, 'demonstrate');
  await page.getByText('1 submitted').waitFor();
  const answer = page.getByRole('textbox', { name: 'Your answer' });
  await answer.waitFor();
  await page.keyboard.press('Alt+KeyP');
  await until(async () => (await answer.inputValue()) === ANSWER);
  await goTo(page, 'rank');
  await page.getByText(`${ITEMS} submitted`).waitFor();
  await goTo(page, 'labelers');
  await page
    .getByRole('row', { name: 'Ada' })
    .getByRole('cell', { name: String(ITEMS) })
    .waitFor();
}
