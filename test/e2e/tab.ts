/** Labels made with the keyboard in real tabs that are killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { decodeMessage } from '../../core/contract/message-pack.ts';
import { Reply, Request, type Connection } from '../../core/contract/messages.ts';
import type { RandomStream } from '../../core/data/random.ts';
import { launchBrowser } from '../support/browser.ts';
import { until } from '../support/processes.ts';
import { newLabeler, type ServedWorkbench } from '../support/served-workbench.ts';
import { openWindow } from '../support/window.ts';
import type { Label } from './labeling.ts';

/** Labels, and then milliseconds. */
const LONGEST_LIFE = { labels: 6, milliseconds: 200 };

interface Killing {
  readonly host: ServedWorkbench;
  readonly window: Connection;
  readonly kills: number;
  readonly random: RandomStream;
}

/** Labels in one tab after another, each killed at a random moment; gives the labels whose answer a tab has had. */
export async function labelInTab({ host, window, kills, random }: Killing): Promise<Label[]> {
  await using browser = await launchBrowser();
  const context = await browser.newContext();
  const labels: Label[] = [];
  for (let kill = 0; kill < kills; kill++) {
    await newLabeler(window, `Labeler ${kill}`);
    labels.push(...(await labelUntilTabDies(context, host, random)));
  }
  return labels;
}

async function labelUntilTabDies(
  context: BrowserContext,
  host: ServedWorkbench,
  random: RandomStream,
): Promise<Label[]> {
  const labels: Label[] = [];
  const listening = new Promise<Page>((resolve) => context.once('page', resolve));
  const opening = openWindow(context, host, 'rank');
  noteLabels(await listening, labels);
  const page = await opening;
  await page.getByRole('article').first().waitFor();
  const typing = rankUntilDead(page, random);
  const enough = random.integer(LONGEST_LIFE.labels);
  await until(() => labels.length >= enough);
  await sleep(random.integer(LONGEST_LIFE.milliseconds));
  await killTab(page, random);
  await typing;
  return labels;
}

/** As fast as keys can be pressed. */
async function rankUntilDead(page: Page, random: RandomStream): Promise<void> {
  try {
    for (;;) {
      const candidates = await page.getByRole('article').count();
      for (let i = 0; i < candidates; i++)
        await page.keyboard.press(`Digit${1 + random.integer(candidates)}`);
      await page.keyboard.press('Control+Enter');
    }
  } catch {
    // Nobody presses keys in a dead tab.
  }
}

/** Its process crashes, or it goes without a word. */
export async function killTab(page: Page, random: RandomStream): Promise<void> {
  if (random.uniform() < 0.5) return page.close();
  const crashed = page.waitForEvent('crash');
  const session = await page.context().newCDPSession(page);
  void session.send('Page.crash').catch(() => {});
  await crashed;
  await page.close();
}

/** Notes a label when the answer to its call comes in over the tab's socket. */
function noteLabels(page: Page, labels: Label[]): void {
  const asked = new Map<number, Omit<Label, 'change'>>();
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      const { id, call, input } = Request.parse(decodeMessage(payload as Buffer));
      if (call === 'rank.submit') asked.set(id, toLabel(input as RankSubmit));
    });
    socket.on('framereceived', ({ payload }) => {
      const { data: reply } = Reply.safeParse(decodeMessage(payload as Buffer));
      const label = reply && asked.get(reply.id);
      if (label && 'output' in reply) labels.push({ ...label, ...(reply.output as { change: number }) });
    });
  });
}

interface RankSubmit {
  readonly labeler: number;
  readonly item: number;
  readonly answer: { readonly ranks: object };
}

const toLabel = ({ labeler, item, answer }: RankSubmit): Omit<Label, 'change'> => ({
  table: 'rankings',
  labeler,
  item,
  content: answer.ranks,
});
