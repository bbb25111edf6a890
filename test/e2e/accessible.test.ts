/** Everything can be seen, heard and reached by keyboard, in light and in dark. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { focusByTab } from '../support/focus.ts';
import { until } from '../support/processes.ts';
import { newLabeler, ServedWorkbench } from '../support/served-workbench.ts';
import { trainEachStage } from '../support/trained-project.ts';
import { views, type View } from '../support/views.ts';
import { command, goTo, openWindow, screens, settled } from '../support/window.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let folder: string;
let host: ServedWorkbench;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'workbench-accessible-'));
  [host, browser] = await Promise.all([ServedWorkbench.start(folder), launchBrowser()]);
  const window = await host.connect();
  await window.call('project.openStarter', {});
  await newLabeler(window, 'Ada');
  await trainEachStage(window, folder);
  window.close();
});
afterAll(async () => {
  await browser.close();
  await host.stop();
  rmSync(folder, { recursive: true });
});

async function open(view: View, options: BrowserContextOptions = {}): Promise<Page> {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await openWindow(context, host, view.screen);
  await settled(page);
  await view.open?.(page);
  await settled(page);
  return page;
}
afterEach(() => context.close());

const named = (name: string): View => views.find((view) => view.name === name)!;

/** What is wrong, and where. */
async function violationsIn(page: Page): Promise<string[]> {
  await page.evaluate(`${axe};0`);
  const { violations } = await page.evaluate<AxeResults>(`axe.run({ resultTypes: ['violations'] })`);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${String(target)}`));
}

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each(views)('$name has no violation', async (view) => {
    const page = await open(view, { colorScheme });
    expect(await violationsIn(page)).toEqual([]);
  });
});

describe.each(screens)('%s', (screen) => {
  test('is reached by Tab, all of it, and shows where the focus is', async () => {
    const page = await open({ name: screen, screen });
    const { stops, unreached, unseen } = await focusByTab(page);
    expect(stops).toBeGreaterThan(screens.length);
    expect({ unreached, unseen }).toEqual({ unreached: [], unseen: [] });
  });
});

/** Names of what would take time to move, turn or fade. */
const moving = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`[...document.querySelectorAll('*')].flatMap((element) => {
    const { animationName, animationDuration, transitionDuration } = getComputedStyle(element);
    const lasts = (durations) => durations.split(',').some((duration) => parseFloat(duration) > 0.001);
    const moves = (animationName !== 'none' && lasts(animationDuration)) || lasts(transitionDuration);
    return moves ? [element.tagName + '.' + element.className] : [];
  })`);

test('nothing moves for those who asked for no motion', async () => {
  const dialog = named('new project');
  expect(await moving(await open(dialog, { reducedMotion: 'no-preference' }))).not.toEqual([]);
  await context.close();
  for (const view of [dialog, named('ranking'), named('settings')]) {
    expect(await moving(await open(view, { reducedMotion: 'reduce' })), view.name).toEqual([]);
    await context.close();
  }
});

test('the shortcuts sheet opens on ? and names the keys of each screen', async () => {
  const page = await open(named('keyboard shortcuts'));
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(sheet.getByText('Submit the ranking').isVisible()).resolves.toBe(true);
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
});

test('the palette opens on Ctrl+K, finds a command by its words and runs it', async () => {
  const page = await open(named('home'));
  await command(page, 'go settings');
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
});

test('the keys from Ctrl+1 to Ctrl+9, and Ctrl+0, go through the screens', async () => {
  const page = await open(named('settings'));
  for (const [i, screen] of screens.entries()) {
    await page.keyboard.press(`Control+Digit${(i + 1) % 10}`);
    await until(() => page.url().endsWith(`#/${screen}`));
  }
});

test('the theme of the settings goes before that of the system', async () => {
  const page = await open(named('settings'), { colorScheme: 'light' });
  const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  const light = await background();
  await page.getByText('Dark', { exact: true }).click();
  await until(async () => (await background()) !== light);
  await page.getByText('System', { exact: true }).click();
  await until(async () => (await background()) === light);
  await goTo(page, 'home');
});
