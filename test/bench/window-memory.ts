/**
 * What the page keeps of an hour's run beside its numbers: the 3,600 steps of it in a minute, through a real backend,
 * drawn live on the Train screen. Aim: nothing.
 *
 * The numbers are in typed arrays, whose contents the browser counts apart from its heap (as backing stores). So what
 * the heap grows is what is kept beside them: of every step that leaves anything, 3,600 times that.
 */
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { connect } from '../../core/contract/connection.ts';
import { memoryPair } from '../../core/contract/transports.ts';
import { ensureBuilt, projectRoot, windowBuild } from '../../core/host/build.ts';
import { serve } from '../../core/host/server/server.ts';
import { attachWindow } from '../../core/host/service.ts';
import { Workbench } from '../../core/workbench/workbench.ts';
import { launchBrowser } from '../support/browser.ts';
import { goTo } from '../support/window.ts';
import { median, type Benchmark } from './benchmark.ts';
import { inTemporaryFolder } from './python.ts';
import { startPpo } from './starter-ppo.ts';

/** Steps after which it is looked at: what a page holds goes up and down a little, so three times each. */
const FIRST = [1000, 1200, 1400];
const LAST = [3100, 3300, 3500];
const MEGABYTE = 1e6;

/** What the page holds once all that nothing refers to is gone. */
interface Held {
  /** Objects of JavaScript and of the document, in bytes. */
  readonly heap: number;
  /** Nodes of the document, there or still referred to, and what listens to them. */
  readonly nodes: number;
}

async function heldAt(page: Page, steps: readonly number[]): Promise<Held> {
  const session = await page.context().newCDPSession(page);
  const all: Held[] = [];
  for (const step of steps) {
    await reached(page, step);
    all.push(await held(session));
  }
  return { heap: median(all.map(({ heap }) => heap)), nodes: median(all.map(({ nodes }) => nodes)) };
}

async function held(browser: CDPSession): Promise<Held> {
  // What is let go of by what was collected goes with the next.
  for (let i = 0; i < 2; i++) await browser.send('HeapProfiler.collectGarbage');
  const { usedSize, embedderHeapUsedSize } = (await browser.send('Runtime.getHeapUsage')) as Usage;
  const { nodes, jsEventListeners } = await browser.send('Memory.getDOMCounters');
  return { heap: usedSize + embedderHeapUsedSize, nodes: nodes + jsEventListeners };
}

/** The types of the protocol do not know the second yet. */
interface Usage {
  readonly usedSize: number;
  readonly embedderHeapUsedSize: number;
}

/** What it holds more after the last of the steps than after the first of them. */
const growth = (): Promise<Held> =>
  inTemporaryFolder(async (folder) => {
    ensureBuilt(windowBuild);
    const service = await startWorkbench(folder);
    const host = await serve({
      service,
      rendererFolder: join(projectRoot, 'renderer/dist'),
      port: 0,
      log: () => {},
    });
    await using browser = await launchBrowser();
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    try {
      await startRun(service, folder);
      await page.goto(host.address);
      await goTo(page, 'train');
      const before = await heldAt(page, FIRST);
      const after = await heldAt(page, LAST);
      return { heap: after.heap - before.heap, nodes: after.nodes - before.nodes };
    } finally {
      await host.close();
      await service.stop();
    }
  });

const startWorkbench = (folder: string): Promise<Workbench> =>
  Workbench.start({
    host: 'browser',
    stateFolder: join(folder, 'state'),
    dataFolder: join(folder, 'projects'),
    trainerCommand: { node: process.execPath, script: join(import.meta.dirname, 'fast-trainer.ts') },
  });

async function startRun(service: Workbench, folder: string): Promise<void> {
  const [mine, other] = memoryPair();
  attachWindow(service, other, () => {});
  const window = connect(mine);
  await startPpo(window, folder);
  window.close();
}

/** Until the first chart shows a step or one after it. */
async function reached(page: Page, step: number): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    const look = () => {
      const words = document.querySelector('figure')?.textContent.match(/step ([0-9,]+)/)?.[1];
      if (Number(words?.replaceAll(',', '')) >= ${step}) resolve();
      else setTimeout(look, 250);
    };
    look();
  })`);
}

export const windowMemory: readonly Benchmark[] = [
  {
    name: 'window-memory',
    unit: 'MB more after an hour',
    ours: async () => (await growth()).heap / MEGABYTE,
    peer: null,
  },
  {
    name: 'window-memory-nodes',
    unit: 'nodes and listeners more',
    ours: async () => (await growth()).nodes,
    peer: null,
  },
];
