/** The starter project in a served workbench, with one labeler, and windows of it in a real browser. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Settings } from '../../core/contract/calls.ts';
import type { Connection } from '../../core/contract/messages.ts';
import { launchBrowser } from '../support/browser.ts';
import { ServedWorkbench } from '../support/served-workbench.ts';
import { openWindow, problemsOf } from '../support/window.ts';

export class LabelingWindow {
  readonly #folder: string;
  readonly #host: ServedWorkbench;
  readonly #browser: Browser;
  readonly connection: Connection;
  readonly #problems: string[][] = [];
  labeler = 0;

  private constructor(folder: string, host: ServedWorkbench, browser: Browser, connection: Connection) {
    this.#folder = folder;
    this.#host = host;
    this.#browser = browser;
    this.connection = connection;
  }

  static async start(): Promise<LabelingWindow> {
    const folder = mkdtempSync(join(tmpdir(), 'labeling-'));
    const [host, browser] = await Promise.all([ServedWorkbench.start(folder), launchBrowser()]);
    const connection = await host.connect();
    await connection.call('project.openStarter', {});
    return new LabelingWindow(folder, host, browser, connection);
  }

  async stop(): Promise<void> {
    this.connection.close();
    await this.#browser.close();
    await this.#host.stop();
    rmSync(this.#folder, { recursive: true });
  }

  /** Errors of all windows so far. */
  get problems(): string[] {
    return this.#problems.flat();
  }

  async change(labeling: Partial<Settings['labeling']>): Promise<void> {
    const { labeling: before } = await this.connection.call('app.settings', {});
    await this.connection.call('app.changeSettings', { labeling: { ...before, ...labeling } });
  }

  /** Opens a screen for a labeler who has done nothing yet. */
  async open(screen: 'rank' | 'demonstrate', name: string): Promise<Page> {
    const { id } = await this.connection.call('labelers.add', { name });
    await this.connection.call('labelers.choose', { id });
    this.labeler = id;
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await openWindow(context, this.#host, screen);
    this.#problems.push(problemsOf(page));
    await page.getByRole('region', { name: 'Prompt' }).waitFor();
    return page;
  }
}
