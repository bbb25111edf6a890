/**
 * How charts feel, in a real browser that has no graphics processor. Aims: every frame of a chart of a million points
 * comes in time while it is panned (`window-chart-pan`), a step of a run that trains is drawn within 100 ms (`window-chart-live`),
 * and a run of 10,000 steps and as many files of rollouts is open 300 ms after the click (`window-run-open`).
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { Connection } from '../../core/contract/messages.ts';
import { Project } from '../../core/project/project.ts';
import { openPage } from '../renderer/support/page.ts';
import { launchBrowser } from '../support/browser.ts';
import { ServedWorkbench } from '../support/served-workbench.ts';
import { goTo } from '../support/window.ts';
import { median, type Benchmark } from './benchmark.ts';
import { writeLongRun } from './long-run.ts';
import { inTemporaryFolder } from './python.ts';

const longChart = fileURLToPath(new URL('../renderer/charts/pages/long-chart-page.tsx', import.meta.url));
const PAN_SECONDS = 5;

/** The share of frames that took longer than 1/60 s, in per cent. */
const NOTE_FRAMES = `globalThis.frames = new Promise((resolve) => {
  const times = [];
  const step = (now) => {
    times.push(now);
    if (now - times[0] < ${PAN_SECONDS * 1000}) return requestAnimationFrame(step);
    const frames = times.slice(1).map((time, i) => time - times[i]);
    resolve((100 * frames.filter((frame) => frame > 17.5).length) / frames.length);
  };
  requestAnimationFrame(step);
})`;

/** A fifth of the points in sight, moved to and fro by Shift and the pointer. */
async function lateFrames(): Promise<number> {
  await using browser = await launchBrowser();
  const page = await openPage(browser, longChart);
  await page.getByText(/^step/).waitFor();
  await page.evaluate('chartGroup.zoom({ min: 400000, max: 600000 })');
  const { x, y, width } = (await page.getByRole('application').boundingBox())!;
  await page.keyboard.down('Shift');
  await page.mouse.move(x + width / 2, y + 50);
  await page.mouse.down();
  await page.evaluate(`${NOTE_FRAMES}; 0`);
  const end = performance.now() + PAN_SECONDS * 1000;
  for (let i = 0; performance.now() < end; i++)
    await page.mouse.move(x + width / 2 + (width / 4) * Math.sin(i / 40), y + 50);
  return await page.evaluate<number>('frames');
}

const LONG = 10_000;
const OPENINGS = 5;

/** Milliseconds from the press on a run to the end of the frame in which its charts stand. */
const NOTE_OPEN = `globalThis.opened = new Promise((resolve) => {
  const onPress = ({ timeStamp }) => {
    removeEventListener('pointerdown', onPress, { capture: true });
    const isDrawn = () =>
      document.querySelector('h2')?.textContent === 'long' &&
      [...document.querySelectorAll('figure')].slice(0, 4).every((chart) => chart.querySelector('canvas')) &&
      document.querySelector('figure')?.textContent.includes('step 10,000');
    const look = () => {
      if (!isDrawn()) return requestAnimationFrame(look);
      // A message comes after the frame was drawn.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now() - timeStamp);
      port2.postMessage(null);
    };
    requestAnimationFrame(look);
  };
  addEventListener('pointerdown', onPress, { capture: true });
})`;

const openingTime = (): Promise<number> =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'project');
    Project.create(path, 'Long', { seed: 1 }).close();
    writeLongRun(path, { name: 'short', steps: 50, rollouts: 1, seed: 2 });
    writeLongRun(path, { name: 'long', steps: LONG, rollouts: LONG, seed: 1 });
    await using browser = await launchBrowser();
    const times: number[] = [];
    for (let i = 0; i < OPENINGS; i++) times.push(await openFirst(browser, folder, path));
    return median(times);
  });

/** In a workbench that has not read the run before. */
async function openFirst(browser: Browser, folder: string, path: string): Promise<number> {
  await using host = await ServedWorkbench.start(folder);
  const window = await host.connect();
  await window.call('project.open', { path });
  await using context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  return await openLong(await context.newPage(), host);
}

async function openLong(page: Page, host: ServedWorkbench): Promise<number> {
  await page.goto(host.address);
  await goTo(page, 'train');
  const list = page.getByRole('grid', { name: 'Runs' });
  await list.getByText('short', { exact: true }).click();
  await page.locator('figure').first().getByText('step 50', { exact: true }).waitFor();
  await page.evaluate(`${NOTE_OPEN}; 0`);
  await list.getByText('long', { exact: true }).click();
  return await page.evaluate<number>('opened');
}

const LIVE_STEPS = 60;
/** Steps at first in which the trainer warms up and the page opens. */
const WARM_UP = 10;

/** Which step the first chart says it shows, with the moment at which the frame was drawn. */
const NOTE_DRAWN = `globalThis.drawn = new Promise((resolve) => {
  const drawn = [];
  let last = 0;
  // A message comes after the frame was drawn.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => drawn.push([data, Date.now()]) < ${WARM_UP + LIVE_STEPS} || resolve(drawn);
  const look = () => {
    const words = document.querySelector('figure')?.textContent.match(/step ([0-9,]+)/)?.[1];
    const step = Number(words?.replaceAll(',', ''));
    if (step > last) port2.postMessage((last = step));
    requestAnimationFrame(look);
  };
  look();
})`;

/** Milliseconds from the line of a step on disk to its point on the screen, while the run uses the cores. */
const liveTimes = (): Promise<number[]> =>
  inTemporaryFolder(async (folder) => {
    await using host = await ServedWorkbench.start(folder);
    const window = await host.connect();
    await window.call('project.openStarter', {});
    const told = new Map<number, number>();
    window.on('metrics', ({ step, time }) => told.set(step, time));
    const { work } = await startSft(window);
    await using browser = await launchBrowser();
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    await page.goto(host.address);
    await goTo(page, 'train');
    await page.locator('figure canvas').first().waitFor();
    await page.evaluate(`${NOTE_DRAWN}; 0`);
    const drawn = await page.evaluate<[number, number][]>('drawn');
    await window.call('work.stop', { id: work });
    return drawn.slice(WARM_UP).map(([step, at]) => at - told.get(step)!);
  });

async function startSft(window: Connection): Promise<{ readonly work: string }> {
  await window.call('snapshots.create', { name: 'bench' });
  const { model, ...form } = await window.call('runs.suggest', { algorithm: 'sft' });
  if (model === undefined) throw new Error('the starter project suggests no model');
  return await window.call('runs.start', { ...form, model });
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1]!;

const benchmark = (name: string, unit: string, ours: () => Promise<number>): Benchmark => ({
  name,
  unit,
  ours,
  peer: null,
});

export const charts: readonly Benchmark[] = [
  benchmark('window-chart-pan', '% of frames late', lateFrames),
  benchmark('window-chart-live', 'ms, 95th in 100', async () => percentile(await liveTimes(), 0.95)),
  benchmark('window-run-open', 'ms, median', openingTime),
];
