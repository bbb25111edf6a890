/** The window in a real browser. */
import type { BrowserContext, Page } from 'playwright-core';
import { screenIds, type ScreenId } from '../../renderer/stores/screen-ids.ts';
import type { ServedWorkbench } from './served-workbench.ts';

export { screenIds as screens };
export type Screen = ScreenId;

/** Opens a window on one of the screens and waits until it is there. */
export async function openWindow(
  context: BrowserContext,
  host: ServedWorkbench,
  screen: Screen = 'home',
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(host.address);
  await goTo(page, screen);
  return page;
}

export async function goTo(page: Page, screen: Screen): Promise<void> {
  await page.evaluate(`location.hash = '/${screen}'`);
  const link = page.locator(`nav a[href="#/${screen}"]`);
  await link.and(page.locator('[aria-current="page"]')).waitFor();
}

/** Until nothing is on its way any more: every row, list and spinner is what it will be. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.locator('[role="progressbar"]').first().waitFor({ state: 'detached' });
}

/** What goes wrong in a window from now on: errors on its console and errors that nobody caught. */
export function problemsOf(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  return problems;
}

/** Runs a command by its words. */
export async function command(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+KeyK');
  const search = page.getByLabel('Search commands', { exact: true });
  // Typed, since it is the typing that brings the first of what fits to the fore.
  await search.pressSequentially(words);
  await page.keyboard.press('Enter');
  await search.waitFor({ state: 'detached' });
}
