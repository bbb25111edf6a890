import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { beside, openPage } from '../support/page.ts';

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const kit = beside(import.meta.url, 'pages/kit-page.tsx');

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const results = await page.evaluate<AxeResults>('axe.run()');
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

describe.each(['light', 'dark'] as const)('the components in %s', (theme) => {
  it('have names and contrast', async () => {
    const page = await openPage(browser, kit, theme);
    expect(await violations(page)).toEqual([]);
    await page.close();
  });
});

it('offers to take a change back from its toast, by keyboard', async () => {
  const page = await openPage(browser, kit);
  await page.getByRole('button', { name: 'Remove' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('alertdialog').getByText('Removed 3 prompts').waitFor();
  // F6 goes to the messages from anywhere.
  await page.keyboard.press('F6');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.textContent('output')).toBe('undone');
  await page.close();
});
