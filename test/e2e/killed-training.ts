/** A project in which runs are killed, one after another, and a tab that watches them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext } from 'playwright-core';
import { expect } from 'vitest';
import type { CallInput, RunSummary } from '../../core/contract/calls.ts';
import type { Connection } from '../../core/contract/messages.ts';
import type { RandomStream } from '../../core/data/random.ts';
import { isAlive, until } from '../support/processes.ts';
import { ServedWorkbench } from '../support/served-workbench.ts';
import { killTab } from './tab.ts';
import { TrainTab } from './train-tab.ts';

export type Form = CallInput<'runs.start'>;
export type Victim = 'trainer' | 'host' | 'tab';

/** Milliseconds until a kill: from a beginning, while the trainer may still start, or from one of the steps after it. */
const LONGEST_LIFE = { starting: 800, training: 40 };
/** The share of kills while the trainer starts. */
const STARTING = 0.3;
/** The share of hosts that die while the trainer is in the middle of a step which takes it long. */
const LONG_STEPS = 0.5;

interface Given {
  /** For the project and all else that the workbench keeps. */
  readonly folder: string;
  readonly context: BrowserContext;
  readonly random: RandomStream;
  /** Of every run. */
  readonly form: Form;
  /** Most steps that a run makes from its beginning, or from where it goes on, to the kill. */
  readonly mostSteps: number;
}

export class KilledTraining implements AsyncDisposable {
  readonly #given: Given;
  #host!: ServedWorkbench;
  #window!: Connection;
  #tab!: TrainTab;

  private constructor(given: Given) {
    this.#given = given;
  }

  static async open(given: Given): Promise<KilledTraining> {
    const training = new KilledTraining(given);
    await training.#serve();
    return training;
  }

  get project(): string {
    return join(this.#given.folder, 'projects', 'killed');
  }

  /** Begins a run or goes on with it, kills at a random moment, and waits until the tab shows what came of it. */
  async kill(victim: Victim): Promise<readonly RunSummary[]> {
    const atSteps = await this.#trainUntilSomeMoment();
    await this.#killers[victim](atSteps);
    return this.#tab.agreeWith(this.#window);
  }

  /** Lets the newest run come to its end. */
  async finish(): Promise<readonly RunSummary[]> {
    await this.#train();
    await until(async () => !(await this.#isTraining()));
    return this.#tab.agreeWith(this.#window);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host.kill();
  }

  readonly #killers: Readonly<Record<Victim, (atSteps: boolean) => Promise<void>>> = {
    trainer: async () => {
      process.kill(await this.#trainer(), 'SIGKILL');
      await until(async () => !(await this.#isTraining()));
      const [work] = await this.#window.call('work.list', {});
      // It may just have come to its end; then nothing is amiss.
      if (work!.state === 'done') return;
      expect(work!.message).toContain('SIGKILL');
      expect(await this.#tab.readCrash()).toContain(work!.message);
      const runs = await this.#window.call('runs.list', {});
      if (!runs.some(({ path }) => path === work!.run)) await this.#tab.readFailedStart();
    },

    host: async (atSteps) => {
      const trainer = await this.#trainer();
      const isLongStep = atSteps && this.#given.random.uniform() < LONG_STEPS;
      if (isLongStep) process.kill(trainer, 'SIGSTOP');
      try {
        await this.#host.kill();
        await this.#tab.readLoss();
        await this.#tab.page.close();
        await this.#serve();
      } finally {
        if (isLongStep) process.kill(trainer, 'SIGCONT');
      }
      await until(() => !isAlive(trainer));
    },

    tab: async () => {
      await killTab(this.#tab.page, this.#given.random);
      this.#tab = await TrainTab.open(this.#given.context, this.#host);
    },
  };

  async #serve(): Promise<void> {
    const { folder, context } = this.#given;
    this.#host = await ServedWorkbench.start(folder);
    this.#window = await this.#host.connect();
    const { project: path } = this;
    if (existsSync(path)) await this.#window.call('project.open', { path });
    else await this.#window.call('project.create', { path, name: 'Killed' });
    this.#tab = await TrainTab.open(context, this.#host);
    await this.#tab.agreeWith(this.#window);
  }

  #trainer(): Promise<number> {
    return until(() => this.#host.children()[0]);
  }

  async #isTraining(): Promise<boolean> {
    const works = await this.#window.call('work.list', {});
    return works.some(({ state }) => state === 'queued' || state === 'working');
  }

  /** Has a run under way: the newest, as the tab offers it, or another where that has ended. */
  async #train(): Promise<void> {
    if (await this.#isTraining()) return;
    const [newest] = await this.#window.call('runs.list', {});
    if (newest?.state === 'stopped') await this.#tab.resume(newest);
    else await this.#window.call('runs.start', this.#given.form);
    await until(() => this.#isTraining());
  }

  /** Some moments come while the trainer starts, and some after one of the next steps, or the last; gives which. */
  async #trainUntilSomeMoment(): Promise<boolean> {
    const { random, mostSteps } = this.#given;
    const atSteps = random.uniform() > STARTING;
    const steps = atSteps ? 1 + random.integer(mostSteps) : 0;
    const wait = random.integer(LONGEST_LIFE[atSteps ? 'training' : 'starting']);
    const made = Promise.withResolvers<void>();
    let count = 0;
    const ends = [
      this.#window.on('metrics', () => ++count === steps && made.resolve()),
      this.#window.on('work', ({ state }) => state === 'done' && made.resolve()),
    ];
    await this.#train();
    if (atSteps) await made.promise;
    ends.forEach((end) => end());
    await sleep(wait);
    return atSteps;
  }
}
