import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { CallArguments, CallName, CallResult, Settings } from '../contract/calls.ts';
import type { EventData, EventName } from '../contract/events.ts';
import { ProjectError } from '../contract/errors.ts';
import { Announcer } from './announcer.ts';
import { explained } from './disk-errors.ts';
import { handlers } from './handlers/index.ts';
import { Imports } from './imports.ts';
import { CALIBRATIONS } from './job-memory.ts';
import { MeasuredDevices } from './measured-devices.ts';
import { ModelExports } from './model-exports.ts';
import { AddedModels } from './model-folders.ts';
import { OpenProject } from './open-project.ts';
import { RecentProjects } from './recent-projects.ts';
import { RunPlanner } from './run-planner.ts';
import { isResumable } from './runs.ts';
import type { Handler, Service } from './service.ts';
import { openSettings } from './settings-file.ts';
import { StarterFiles } from './starter-files.ts';
import { WorkBoard } from './work/board.ts';
import type { Means, StepMetrics } from './work/protocol.ts';
import { WorkQueue } from './work/queue.ts';
import { defaultTrainer, Trainer, type TrainerCommand } from './work/trainer.ts';
import { WriteGate } from './write-gate.ts';

export interface WorkbenchOptions {
  readonly host: 'browser' | 'electron';
  /** Where settings and the list of recent projects are kept. */
  readonly stateFolder: string;
  /** Where new projects go, until the settings say otherwise. */
  readonly dataFolder: string;
  readonly log?: (line: string) => void;
  /** This process's Node and the trainer of these sources by default. */
  readonly trainerCommand?: TrainerCommand;
}

/** Milliseconds without a question after which the memory of models that answer is given back. */
const LONGEST_REST = 5 * 60_000;

export type WorkbenchListener = <N extends EventName>(event: N, data: EventData<N>) => void;

/** Everything behind the windows: the open project, the work under way, and an answer to every call. */
export class Workbench {
  readonly #listeners = new Set<WorkbenchListener>();
  readonly #trainer: Trainer;
  /** Answers questions, also while the other one trains. */
  readonly #interactiveTrainer: Trainer;
  readonly #planner: RunPlanner;
  readonly #service: Service;
  #stopped: Promise<void> | undefined;

  private constructor(options: WorkbenchOptions) {
    const { trainerCommand = defaultTrainer, log = () => {} } = options;
    this.#trainer = new Trainer(trainerCommand, log);
    this.#interactiveTrainer = new Trainer(
      trainerCommand,
      (line) => log(`interactive ${line}`),
      LONGEST_REST,
    );
    this.#planner = new RunPlanner(new Trainer(trainerCommand, (line) => log(`planning ${line}`)));
    this.#service = this.#assemble(options, log);
  }

  static start(options: WorkbenchOptions): Promise<Workbench> {
    return Promise.resolve(new Workbench(options));
  }

  /** Answers a call whose input has been checked; what it gives is still to be checked. */
  async handle<N extends CallName>(name: N, input: CallArguments<N>): Promise<CallResult<N>> {
    if (this.#stopped) throw new ProjectError('the workbench is closing: start it again');
    const handler = handlers[name] as Handler<N>;
    try {
      return await handler(this.#service, input);
    } catch (error) {
      throw explained(error);
    }
  }

  /** Returns what ends it. */
  on(listener: WorkbenchListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether there is work queued or under way. */
  isWorking(): boolean {
    return this.#service.board.isWorking();
  }

  /** Ends the work at a checkpoint, the project and the trainers. */
  stop(): Promise<void> {
    const trainers = [this.#trainer, this.#interactiveTrainer, this.#planner];
    this.#stopped ??= this.#service.open
      .close()
      // A model can be exported without a project.
      .finally(() => Promise.all([this.#service.exports.cancelAll(), ...trainers.map((t) => t.stop())]));
    return this.#stopped;
  }

  #emit<N extends EventName>(event: N, data: EventData<N>): void {
    for (const listener of this.#listeners) listener(event, data);
  }

  #assemble({ host, stateFolder, dataFolder }: WorkbenchOptions, log: (line: string) => void): Service {
    const emit: Service['emit'] = (event, data) => this.#emit(event, data);
    const settings = openSettings(stateFolder, dataFolder, log);
    const recent = new RecentProjects(stateFolder, log);
    const gate = new WriteGate();
    const board = new WorkBoard((work) => emit('work', work));
    const imports = new Imports(board, gate);
    const exports = new ModelExports(board);
    const queueHost = {
      board,
      onCrash: (reason: string) => emit('trainerCrashed', { reason }),
      onStep: (run: string, metrics: StepMetrics) => emit('metrics', { run, ...metrics }),
      isResumable,
    };
    const means = () => ({ ...meansOf(settings.value), calibrations: join(stateFolder, CALIBRATIONS) });
    const queue = new WorkQueue({ ...queueHost, trainer: this.#trainer, means });
    const interactive = new WorkQueue({
      ...queueHost,
      trainer: this.#interactiveTrainer,
      means: () => (queue.isBusy ? halved(means()) : means()),
    });
    const announceProject = () => emit('project', open.project?.summary() ?? null);
    const announcer = new Announcer((parts) => {
      emit('changed', { parts });
      announceProject();
    });
    const open = new OpenProject({
      onOpened: (project) => {
        recent.remember(project.summary());
        announceProject();
      },
      beforeClose: async () => {
        await Promise.all([
          ...[queue, interactive].map((each) => each.stopAll()),
          ...[imports, exports].map((each) => each.cancelAll()),
        ]);
        await gate.opened();
        announcer.flush();
      },
      onClosed: announceProject,
    });
    const addedModels = new AddedModels(stateFolder, log);
    return {
      host,
      settings,
      recent,
      measuredDevices: new MeasuredDevices(stateFolder, log),
      addedModels,
      starter: new StarterFiles(stateFolder),
      open,
      board,
      queue,
      interactive,
      planner: this.#planner,
      imports,
      exports,
      gate,
      emit,
      announcer,
      announceProject,
    };
  }
}

const meansOf = ({ device, threads, memoryGigabytes }: Settings): Means => ({
  device,
  threads,
  memoryGigabytes,
});

/** Leaves the other half of the processor to the run that is under way. */
function halved(means: Means): Means {
  const threads = means.threads === 0 ? availableParallelism() : means.threads;
  return { ...means, threads: Math.max(1, Math.floor(threads / 2)) };
}
