/** The starter project in a window, as somebody has it before them who trains, leaves, and comes back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import type { RunSummary } from '../../core/contract/calls.ts';
import type { Connection } from '../../core/contract/messages.ts';
import { RunFolder } from '../../core/project/run-folder.ts';
import { launchBrowser } from '../support/browser.ts';
import { ServedWorkbench } from '../support/served-workbench.ts';
import { openWindow, problemsOf } from '../support/window.ts';

/** Training takes its time on a machine that has other things to do. */
export const PATIENCE = { timeout: 120_000 };

const MOST_TABS = 200;

export class TrainingWindow {
  readonly folder = mkdtempSync(join(tmpdir(), 'workbench-training-'));
  readonly #problems: string[][] = [];
  readonly project = join(this.folder, 'projects', 'starter');
  #host!: ServedWorkbench;
  #browser!: Browser;
  page!: Page;
  /** Beside the window, to compare what it shows with what is so. */
  connection!: Connection;

  /** With a script that runs in the window before all others. */
  async start(script = ''): Promise<void> {
    [this.#host, this.#browser] = await Promise.all([ServedWorkbench.start(this.folder), launchBrowser()]);
    this.connection = await this.#host.connect();
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 } });
    await context.addInitScript(script);
    this.page = await openWindow(context, this.#host);
    this.#problems.push(problemsOf(this.page));
  }

  /** The window is closed, and the host ended as Ctrl-C does. */
  async leave(): Promise<void> {
    this.connection.close();
    await this.#browser.close();
    await this.#host.stop();
  }

  async end(): Promise<void> {
    await this.leave();
    rmSync(this.folder, { recursive: true });
  }

  /** Errors of all windows so far. */
  get problems(): string[] {
    return this.#problems.flat();
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  dialog(name: string | RegExp): Locator {
    return this.page.getByRole('dialog', { name });
  }

  /** What is told of a run; its name must be its own. */
  async run(name: string): Promise<RunSummary> {
    const runs = await this.connection.call('runs.list', {});
    return runs.find((run) => run.name === name)!;
  }

  /** A run as it is on disk. */
  async folderOf(name: string): Promise<RunFolder> {
    return RunFolder.open((await this.run(name)).path);
  }

  #shown(run: string): Locator {
    return this.page.getByRole('region', { name: `Run ${run}`, exact: true });
  }

  /** Until the header of a run says so: `Finished · step 17`. */
  async says(run: string, words: RegExp): Promise<void> {
    await this.#shown(run).getByText(words).first().waitFor(PATIENCE);
  }

  /** Until a chart of a run has drawn a step, and says so under it. */
  async draws(run: string, chart: string): Promise<void> {
    const figure = this.#shown(run).getByRole('figure', { name: chart, exact: true });
    await figure.getByText(/^step \d+$/).waitFor(PATIENCE);
  }

  /** Types into fields, each by its name, and leaves them. */
  async fill(fields: Readonly<Record<string, string | number>>): Promise<void> {
    for (const [name, value] of Object.entries(fields)) {
      await this.page.getByRole('textbox', { name, exact: true }).fill(String(value));
      await this.page.keyboard.press('Tab');
    }
  }

  readonly press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await this.page.keyboard.press(key);
  };

  /** Types over what is in the field. */
  readonly type = async (text: string | number): Promise<void> => {
    await this.press('Control+KeyA');
    await this.page.keyboard.type(String(text));
  };

  /** Tab after Tab, until something has the focus. */
  readonly tabTo = async (target: Locator): Promise<void> => {
    await target.waitFor();
    for (let tabs = 0; !(await this.hasFocus(target)); tabs++) {
      if (tabs > MOST_TABS) throw new Error(`Tab does not come to ${String(target)}`);
      await this.press('Tab');
    }
  };

  readonly hasFocus = async (target: Locator): Promise<boolean> =>
    (await target.and(this.page.locator(':focus')).count()) > 0;

  /** What a chart says of its lines to those who do not see it, once it says something. */
  async summaryOf(chart: string, words: RegExp): Promise<string> {
    const caption = this.page.getByRole('figure', { name: chart, exact: true }).locator('figcaption');
    const said = caption.filter({ hasText: words });
    await said.waitFor({ state: 'attached', ...PATIENCE });
    return said.innerText();
  }
}

/** The steps of which the disk has metrics, in the order of their lines. */
export const stepsOf = (run: RunFolder): number[] => run.readMetrics().map(({ step }) => step);

/** 1 to a number. */
export const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

/** The completions in the order in which they are shown. */
const shown = (page: Page): Promise<number[]> =>
  page
    .locator('article[data-completion]')
    .evaluateAll((cards: { dataset: Record<string, string> }[]) =>
      cards.map(({ dataset }) => Number(dataset['completion'])),
    );

/** Ranks what is shown in its order, without a rating, and goes on; gives the completions, best first. */
export async function rankByKeys(page: Page): Promise<number[]> {
  await page.locator('article[data-completion]').first().waitFor();
  const submit = page.getByRole('button', { name: 'Submit' });
  if (!(await submit.isVisible())) await page.keyboard.press('KeyR');
  await submit.waitFor();
  const completions = await shown(page);
  const first = page.locator(`article[data-completion="${completions[0]}"]`);
  // Two are compared: the left one is better.
  if (completions.length === 2) await page.keyboard.press('ArrowLeft');
  else await pressRanks(page, completions.length, first);
  await page.keyboard.press('Control+Enter');
  await first.waitFor({ state: 'detached' });
  return completions;
}

/** From the first on; after each the focus is on the next. */
async function pressRanks(page: Page, count: number, first: Locator): Promise<void> {
  while ((await first.getAttribute('aria-current')) !== 'true') await page.keyboard.press('ArrowRight');
  for (let rank = 1; rank <= count; rank++) await page.keyboard.press(`Digit${rank}`);
}
