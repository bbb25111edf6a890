/** What a tab on the Train screen says of a project's runs. */
import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { RunSummary } from '../../core/contract/calls.ts';
import type { Connection } from '../../core/contract/messages.ts';
import { until } from '../support/processes.ts';
import type { ServedWorkbench } from '../support/served-workbench.ts';
import { openWindow } from '../support/window.ts';

/** Each run of the list, and before them the one whose header is shown: the word of its dot, and all its text. */
const READ_RUNS = `
  [document.querySelector('section[aria-label^="Run "] > header'), ...document.querySelectorAll('[role="row"]')]
    .filter((shown) => shown !== null)
    .map((shown) => [shown.querySelector('[role="img"]').getAttribute('aria-label'), shown.innerText])`;

/** A run as it is read; `state` in the word that people read. */
interface Shown {
  readonly name: string;
  readonly state: string;
  readonly step: number;
}

const stateWords: Readonly<Record<RunSummary['state'], string>> = {
  queued: 'Waiting',
  working: 'Training',
  stopped: 'Paused',
  finished: 'Finished',
};

export class TrainTab {
  readonly page: Page;
  /** Errors in the page that nobody caught. */
  readonly #faults: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', ({ message }) => this.#faults.push(message));
  }

  static async open(context: BrowserContext, host: ServedWorkbench): Promise<TrainTab> {
    return new TrainTab(await openWindow(context, host, 'train'));
  }

  /** Goes on with the run that is shown, with the button of its header. */
  async resume({ name }: RunSummary): Promise<void> {
    await this.#resumeOf(name).click();
  }

  /** Waits until it tells of a death of the trainer, and takes that away; gives what it said. */
  async readCrash(): Promise<string> {
    const banner = this.page.getByRole('alert').filter({ hasText: 'The trainer stopped:' });
    const words = await banner.innerText();
    await banner.getByRole('button', { name: 'Dismiss' }).click();
    await banner.waitFor({ state: 'detached' });
    return words;
  }

  /** Waits until it says of a run, of which there is nothing yet, that it did not start. */
  async readFailedStart(): Promise<void> {
    await this.page.getByText('did not start').first().waitFor();
  }

  /** Waits until it says that nobody answers it any more. */
  async readLoss(): Promise<void> {
    await this.page.getByText('The connection to the workbench is lost').waitFor();
  }

  /** Waits until it shows what the workbench tells; gives that. */
  async agreeWith(window: Connection): Promise<readonly RunSummary[]> {
    const first = await window.call('runs.list', {});
    return until(async () => {
      const before = await window.call('runs.list', {});
      const shown = await this.#read();
      const after = await window.call('runs.list', {});
      const told = [...after.slice(0, 1), ...after];
      expect(this.#faults).toEqual([]);
      const agree = told.every((run, i) => fits(shown[i], run, [first, before]));
      return agree && shown.length === told.length && (await this.#offersResume(after[0])) && after;
    });
  }

  async #read(): Promise<Shown[]> {
    const read = await this.page.evaluate<[string, string][]>(READ_RUNS);
    return read.map(([state, text]) => ({
      ...{ state, name: text.split('\n')[0]!.trim() },
      step: Number(/([\d,]+) (?:of|\/) [\d,]+/.exec(text)?.[1]?.replaceAll(',', '') ?? 0),
    }));
  }

  /** Where the newest run can go on, and only there. */
  async #offersResume(newest: RunSummary | undefined): Promise<boolean> {
    if (!newest) return this.page.getByText('Nothing is trained yet').isVisible();
    return (await this.#resumeOf(newest.name).isVisible()) === newest.resumable;
  }

  #resumeOf(name: string) {
    return this.page
      .getByRole('group', { name: `Actions of ${name}` })
      .getByRole('button', { name: 'Resume' });
  }
}

/** While a run goes on, what is shown of it lies between what was told some time before and what is told after. */
function fits(shown: Shown | undefined, told: RunSummary, [first, before]: readonly RunSummary[][]): boolean {
  const { path, name, step } = told;
  if (shown?.name !== name || shown.state !== stateWords[told.state]) return false;
  if (told.state !== 'working') return shown.step === step;
  const at = (runs: readonly RunSummary[]) => runs.find((run) => run.path === path);
  const isSteady = at(before!)?.state === 'working';
  return isSteady && shown.step >= (at(first!)?.step ?? 0) && shown.step <= step;
}
