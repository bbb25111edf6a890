/** The window asks nothing of anybody but its own host, and runs nothing that did not come with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { newLabeler, ServedWorkbench } from '../support/served-workbench.ts';
import { trainEachStage } from '../support/trained-project.ts';
import { views } from '../support/views.ts';
import { goTo, openWindow, problemsOf, screens, settled, type Screen } from '../support/window.ts';

let folder: string;
let host: ServedWorkbench;
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'workbench-sealed-'));
  [host, browser] = await Promise.all([ServedWorkbench.start(folder), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await host.stop();
  rmSync(folder, { recursive: true });
});

/** What the pages of a context ask for, and what goes wrong in them; what lies elsewhere is refused. */
async function watch(context: BrowserContext): Promise<{ asked: URL[]; problems: string[][] }> {
  const asked: URL[] = [];
  const problems: string[][] = [];
  context.on('request', (request) => asked.push(new URL(request.url())));
  context.on('page', (page) => {
    page.on('websocket', (socket) => asked.push(new URL(socket.url())));
    problems.push(problemsOf(page));
  });
  await context.route(
    ({ host: asked }) => asked !== hostName(),
    (route) => route.abort(),
  );
  return { asked, problems };
}

const hostName = () => new URL(host.address).host;

function expectSealed({ asked, problems }: Awaited<ReturnType<typeof watch>>): void {
  const schemes = new Set(asked.map(({ protocol }) => protocol));
  expect(schemes).toContain('http:');
  expect(schemes).toContain('ws:');
  expect(asked.filter(({ protocol, host }) => protocol !== 'data:' && host !== hostName())).toEqual([]);
  expect(problems.flat()).toEqual([]);
}

test('every screen is made of what its own host sends, without an error', async () => {
  await using context = await browser.newContext();
  const seen = await watch(context);
  const page = await context.newPage();
  await page.goto(host.address);
  for (const screen of screens) await visit(page, screen);
  await goTo(page, 'home');
  await page.getByRole('button', { name: 'Open the starter' }).click();
  await page.getByRole('region', { name: 'This project' }).waitFor();
  for (const screen of screens) await visit(page, screen);
  expectSealed(seen);
});

async function visit(page: Page, screen: Screen): Promise<void> {
  await goTo(page, screen);
  await settled(page);
}

test('and so is all that there is to see once models were trained', async () => {
  const window = await host.connect();
  await window.call('project.openStarter', {});
  await newLabeler(window, 'Ada');
  await trainEachStage(window, folder);
  window.close();
  await using context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const seen = await watch(context);
  for (const { screen, open } of views) {
    const page = await openWindow(context, host, screen);
    await settled(page);
    await open?.(page);
    await settled(page);
    await page.close();
  }
  expectSealed(seen);
});

const intrusions = {
  'an inline script': {
    directive: 'script-src-elem',
    attempt: `const script = document.createElement('script');
      script.textContent = 'window.intruded = true';
      document.head.append(script);`,
  },
  'a script of another host': {
    directive: 'script-src-elem',
    attempt: `const script = document.createElement('script');
      script.src = 'http://127.0.0.1:9/intruder.js';
      document.head.append(script);`,
  },
  'a handler in an attribute': {
    directive: 'script-src-attr',
    attempt: `document.body.setAttribute('onclick', 'window.intruded = true');
      document.body.click();`,
  },
  'a request to another host': {
    directive: 'connect-src',
    attempt: `void fetch('http://127.0.0.1:9/').then(() => (window.intruded = true), () => {});`,
  },
  'a picture of another host': {
    directive: 'img-src',
    attempt: `new Image().src = 'http://127.0.0.1:9/pixel.png';`,
  },
  'a frame': {
    directive: 'frame-src',
    attempt: `const frame = document.createElement('iframe');
      frame.src = 'http://127.0.0.1:9/';
      document.body.append(frame);`,
  },
};

test.each(Object.entries(intrusions))('%s is refused, and said to be', async (_, { directive, attempt }) => {
  const context = await browser.newContext();
  const page = await openWindow(context, host);
  const problems = problemsOf(page);
  const violated = await page.evaluate<string>(`new Promise((resolve) => {
    addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
    ${attempt}
  })`);
  expect(violated).toBe(directive);
  expect(await page.evaluate('window.intruded')).toBeUndefined();
  expect(problems.join('\n')).toContain('Content Security Policy');
  await context.close();
});
