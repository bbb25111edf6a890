/**
 * How the window feels while a PPO run of the starter uses both cores, its trainer behind at a lower priority. Aim:
 * every frame comes in time while the charts scroll under a moving pointer and draw what the run measures.
 */
import type { Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { ServedWorkbench } from '../support/served-workbench.ts';
import { goTo } from '../support/window.ts';
import type { Benchmark } from './benchmark.ts';
import { inTemporaryFolder } from './python.ts';
import { startPpo } from './starter-ppo.ts';

const SECONDS = 12;
/** Milliseconds that the first step takes at most, on a machine that is busy. */
const PATIENCE = 120_000;
/** Milliseconds between two moves of the pointer. */
const POINTER = 30;

/** Scrolls the charts down and up, and gives the share of frames that took longer than 1/60 s, in per cent. */
const NOTE_FRAMES = `globalThis.frames = new Promise((resolve) => {
  const charts = document.querySelector('[role="group"][aria-label="Charts"]');
  const way = charts.scrollHeight - charts.clientHeight;
  const times = [];
  const step = (now) => {
    times.push(now);
    const seconds = (now - times[0]) / 1000;
    charts.scrollTop = (way * (1 - Math.cos(seconds))) / 2;
    if (seconds < ${SECONDS}) return requestAnimationFrame(step);
    const frames = times.slice(1).map((time, i) => time - times[i]);
    // Frames begin on a clock of 16.67 ms that browsers round; one that was missed shows as 33 ms.
    resolve((100 * frames.filter((frame) => frame > 17.5).length) / frames.length);
  };
  requestAnimationFrame(step);
})`;

const lateFrames = (): Promise<number> =>
  inTemporaryFolder(async (folder) => {
    await using host = await ServedWorkbench.start(folder);
    const window = await host.connect();
    const work = await startPpo(window, folder);
    await using browser = await launchBrowser();
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    await page.goto(host.address);
    await goTo(page, 'train');
    await page
      .locator('figure')
      .first()
      .getByText(/^step [1-9]/)
      .waitFor({ timeout: PATIENCE });
    await page.evaluate(`${NOTE_FRAMES}; 0`);
    await movePointer(page);
    const late = await page.evaluate<number>('frames');
    await window.call('work.stop', { id: work });
    return late;
  });

/** To and fro over the charts. */
async function movePointer(page: Page): Promise<void> {
  const { x, y, width, height } = (await page
    .getByRole('group', { name: 'Charts', exact: true })
    .boundingBox())!;
  const end = performance.now() + SECONDS * 1000;
  for (let i = 0; performance.now() < end; i++) {
    await page.mouse.move(
      x + (width / 2) * (1 + 0.8 * Math.sin(i / 20)),
      y + (height / 2) * (1 + 0.6 * Math.cos(i / 50)),
    );
    await page.waitForTimeout(POINTER);
  }
}

export const training: readonly Benchmark[] = [
  { name: 'window-training', unit: '% of frames late', ours: lateFrames, peer: null },
];
