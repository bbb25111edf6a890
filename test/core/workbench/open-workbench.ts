/** A workbench as its windows have it: every input and output goes through the contract. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  calls,
  type CallInput,
  type CallName,
  type CallOutput,
  type Work,
} from '../../../core/contract/calls.ts';
import { events, type EventData, type EventName } from '../../../core/contract/events.ts';
import { isUnderWay } from '../../../core/workbench/work/board.ts';
import { Workbench, type WorkbenchOptions } from '../../../core/workbench/workbench.ts';

type Heard = { [N in EventName]: { event: N; data: EventData<N> } }[EventName];

export class TestBench {
  readonly root: string;
  readonly heard: Heard[] = [];
  readonly called = new Set<CallName>();
  readonly logged: string[];
  readonly #workbench: Workbench;

  private constructor(root: string, workbench: Workbench, logged: string[]) {
    this.root = root;
    this.logged = logged;
    this.#workbench = workbench;
    workbench.on((event, data) => {
      this.heard.push({ event, data: events[event].parse(data) } as Heard);
    });
  }

  static async open(options: Partial<WorkbenchOptions> & { root?: string } = {}): Promise<TestBench> {
    const { root = mkdtempSync(join(tmpdir(), 'workbench-')), ...others } = options;
    const folders = { stateFolder: join(root, 'state'), dataFolder: join(root, 'data') };
    const logged: string[] = [];
    const log = (line: string) => void logged.push(line);
    const workbench = await Workbench.start({ host: 'browser', ...folders, log, ...others });
    const bench = new TestBench(root, workbench, logged);
    await bench.call('app.changeSettings', { device: 'cpu', threads: 1 });
    return bench;
  }

  at(...names: string[]): string {
    return join(this.root, ...names);
  }

  async call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    this.called.add(name);
    const { input: inputs, output: outputs } = calls[name];
    const result = await this.#workbench.handle(name, inputs.parse(input) as never);
    return outputs.parse(result) as CallOutput<N>;
  }

  /** The number of the trainer process that was begun last. */
  get trainer(): number {
    const begun = this.logged.flatMap((line) => /^trainer: process (\d+) begins$/.exec(line)?.[1] ?? []);
    return Number(begun.at(-1));
  }

  get isWorking(): boolean {
    return this.#workbench.isWorking();
  }

  /** Resolves with the first telling of a piece of work that fits, those before included; fails where none can come. */
  work(id: string, fits: (work: Work) => boolean): Promise<Work> {
    const { promise, resolve, reject } = Promise.withResolvers<Work>();
    const look = (work: Work) => {
      if (work.id !== id) return;
      if (fits(work)) resolve(work);
      else if (!isUnderWay(work.state))
        reject(new Error(`"${work.title}" is ${work.state}: ${work.message}`));
    };
    for (const { event, data } of this.heard) if (event === 'work') look(data);
    const end = this.#workbench.on((event, data) => {
      if (event === 'work') look(data as Work);
    });
    return promise.finally(end);
  }

  ended(id: string): Promise<Work> {
    return this.work(id, ({ state }) => !isUnderWay(state));
  }

  stop(): Promise<void> {
    return this.#workbench.stop();
  }

  /** Stops, and leaves nothing on the disk. */
  async close(): Promise<void> {
    await this.stop();
    rmSync(this.root, { recursive: true, force: true });
  }
}
