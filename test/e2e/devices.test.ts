/** Devices in the settings: what each is, and what it does when it is measured. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { ServedWorkbench } from '../support/served-workbench.ts';
import { openWindow, settled } from '../support/window.ts';

let folder: string;
let host: ServedWorkbench;
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'workbench-devices-'));
  [host, browser] = await Promise.all([ServedWorkbench.start(folder), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await host.stop();
  rmSync(folder, { recursive: true });
});

const measurement = (page: Page) => page.getByText(/GFLOP\/s · .+ GB\/s · .+ ms a run · measured \d/);

test('a device is measured by keyboard, and every window remembers what was found', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await openWindow(context, host, 'settings');
  await settled(page);
  const button = page.getByRole('button', { name: 'Measure CPU' });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Measuring CPU' }).waitFor();
  await measurement(page).waitFor({ timeout: 120_000 });
  // The button stayed where it was.
  const focused = "document.activeElement?.getAttribute('aria-label')";
  expect(await page.evaluate<string>(focused)).toBe('Measure CPU');

  const other = await openWindow(await browser.newContext(), host, 'settings');
  await measurement(other).waitFor();
  await context.close();
});
