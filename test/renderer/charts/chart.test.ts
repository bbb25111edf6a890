import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { beside, openPage } from '../support/page.ts';

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const charts = beside(import.meta.url, 'pages/chart-page.tsx');

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

async function open(theme: 'light' | 'dark' = 'light'): Promise<Page> {
  const page = await openPage(browser, charts, theme);
  await page.getByText('step 400', { exact: true }).first().waitFor();
  return page;
}

const chart = (page: Page, name: string) => page.getByRole('application', { name, exact: true });
const place = (page: Page, name: string) =>
  page.getByRole('figure', { name, exact: true }).getByText(/^step \d+$/);
const range = (page: Page) => page.evaluate<{ min: number; max: number } | null>('chartGroup.range');

describe.each(['light', 'dark'] as const)('charts in %s', (theme) => {
  it('have names and contrast', async () => {
    const page = await open(theme);
    await page.evaluate(axe);
    const { violations } = await page.evaluate<AxeResults>('axe.run()');
    expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))).toEqual([]);
    await page.close();
  });
});

it('show on all of them what is under the pointer of one', async () => {
  const page = await open();
  const { x, y, width } = (await chart(page, 'Loss').boundingBox())!;
  await page.mouse.move(x + width / 2, y + 50);
  await page.waitForFunction('chartGroup.cursor !== null');
  const steps = await Promise.all(['Loss', 'Loss of runs'].map((name) => place(page, name).textContent()));
  expect(steps[0]).toBe(steps[1]);
  expect(steps[0]).not.toBe('step 400');
  await page.close();
});

it('zoom to a range that is dragged, and back with a double click', async () => {
  const page = await open();
  const { x, y, width } = (await chart(page, 'Loss').boundingBox())!;
  await page.mouse.move(x + width * 0.4, y + 50);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.6, y + 50, { steps: 3 });
  await page.mouse.up();
  const { min, max } = (await range(page))!;
  expect(max - min).toBeGreaterThan(40);
  expect(max - min).toBeLessThan(140);
  await page.mouse.dblclick(x + width / 2, y + 50);
  expect(await range(page)).toBeNull();
  await page.close();
});

it('are read and zoomed by keyboard, and Enter picks the step', async () => {
  const page = await open();
  await chart(page, 'Loss').focus();
  await page.keyboard.press('Home');
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
  await page.getByText(/^step 5: training /).waitFor({ state: 'attached' });
  await page.keyboard.press('Enter');
  await page.locator('output', { hasText: '0 loss 5' }).waitFor();
  await page.keyboard.press('+');
  expect((await range(page))!.max).toBeLessThan(400);
  await page.keyboard.press('0');
  expect(await range(page)).toBeNull();
  await page.close();
});

it('draw the rows that come, and take back those that a run makes again', async () => {
  const page = await open();
  await page.evaluate('chartRuns.forEach((run) => run.show(120))');
  await page.getByText('step 120', { exact: true }).first().waitFor();
  await page.evaluate('chartRuns.forEach((run) => run.show(130))');
  await page.getByText('step 130', { exact: true }).first().waitFor();
  await page.close();
});

it('are saved with the exact numbers, and as a picture', async () => {
  const page = await open();
  const save = async (item: string) => {
    await page.getByRole('button', { name: 'More about Loss', exact: true }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: item }).click(),
    ]);
    return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
  };
  const csv = await save('Save the numbers as CSV');
  expect(csv.name).toBe('loss.csv');
  const lines = csv.content.toString().trim().split('\n');
  expect(lines[0]).toBe('run,step,time,loss,eval_loss');
  expect(lines).toHaveLength(401);
  const picture = await save('Save as PNG');
  expect(picture.name).toBe('loss.png');
  expect(picture.content.subarray(1, 4).toString()).toBe('PNG');
  expect(picture.content.length).toBeGreaterThan(5000);
  await page.close();
});

/** Pixels of the first chart that have the first colour of lines in the light theme. */
const inkOf = (page: Page) =>
  page.evaluate<number>(`(() => {
    const canvas = document.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4)
      if (Math.abs(data[i] - 0x44) + Math.abs(data[i + 1] - 0x53) + Math.abs(data[i + 2] - 0xc5) < 12) found++;
    return found;
  })()`);

it('draw a line in the colour of its legend', async () => {
  const page = await open();
  expect(await inkOf(page)).toBeGreaterThan(100);
  await page.close();
});

it('take the colours of another theme, with motion reduced as well', async () => {
  const page = await open('dark');
  expect(await inkOf(page)).toBe(0);
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'light' });
  await expect.poll(() => inkOf(page)).toBeGreaterThan(100);
  await page.close();
});
