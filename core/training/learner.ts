/** Optimizer steps on micro-batches: one after the other or, where that saves crossings of a bus, several in a call. */
import type { Engine, Feeds, Program, ProgramSource } from '../engine/engine.ts';
import { FusedSteps } from '../engine/fused-steps.ts';
import type { AdamWSettings } from '../optim/adamw.ts';
import { addUp, runInParts, type Totals, type Trainee } from './trainee.ts';

/** One step of the optimizer. */
export interface Lesson {
  /** What each micro-batch is fed; made when its turn comes. */
  readonly parts: readonly (() => Feeds)[];
  readonly learningRate: number;
}

export interface Learned {
  /** Sums of the program's outputs over the micro-batches. */
  readonly totals: Totals;
  /** Of the step's gradient, before it is clipped. What is not finite has changed nothing. */
  readonly norm: number;
}

export interface Learner {
  learn(lessons: readonly Lesson[]): Promise<Learned[]>;
  dispose(): Promise<void>;
}

export function compileLearner(
  engine: Engine,
  source: ProgramSource,
  group: string,
  trainee: Trainee,
  settings: AdamWSettings,
): Promise<Learner> {
  const compile = engine.stepsTogether > 1 ? FusedLearner.compile : SeparateLearner.compile;
  return compile(engine, source, group, trainee, settings);
}

class SeparateLearner implements Learner {
  readonly #program: Program;
  readonly #group: string;
  readonly #trainee: Trainee;

  private constructor(program: Program, group: string, trainee: Trainee) {
    this.#program = program;
    this.#group = group;
    this.#trainee = trainee;
  }

  static async compile(this: void, engine: Engine, source: ProgramSource, group: string, trainee: Trainee) {
    return new SeparateLearner(await engine.compile(source), group, trainee);
  }

  async learn(lessons: readonly Lesson[]): Promise<Learned[]> {
    const { model, optimizer } = this.#trainee;
    const run = { program: this.#program, sets: model.sets(this.#group), gradients: optimizer.gradients };
    const learned: Learned[] = [];
    for (const { parts, learningRate } of lessons) {
      const totals = await runInParts(run, parts, (feeds) => feeds());
      learned.push({ totals, norm: await optimizer.step(learningRate) });
    }
    return learned;
  }

  dispose(): Promise<void> {
    return this.#program.dispose();
  }
}

/** All micro-batches of all lessons must have the same shapes. */
class FusedLearner implements Learner {
  readonly #steps: FusedSteps;
  readonly #group: string;
  readonly #trainee: Trainee;

  private constructor(steps: FusedSteps, group: string, trainee: Trainee) {
    this.#steps = steps;
    this.#group = group;
    this.#trainee = trainee;
  }

  static async compile(
    this: void,
    engine: Engine,
    source: ProgramSource,
    group: string,
    trainee: Trainee,
    settings: AdamWSettings,
  ) {
    return new FusedLearner(await FusedSteps.compile(engine, source, group, settings), group, trainee);
  }

  async learn(lessons: readonly Lesson[]): Promise<Learned[]> {
    const { model, optimizer } = this.#trainee;
    const { [this.#group]: parameters, ...others } = model.sets(this.#group);
    const { first: firstMoment, second: secondMoment } = optimizer.moments;
    const steps = lessons.map(({ parts, learningRate }, i) => ({
      parts: parts.map((feeds) => feeds()),
      step: optimizer.steps + 1 + i,
      learningRate,
    }));
    const results = await this.#steps.run(
      steps,
      { parameters: parameters!, firstMoment, secondMoment },
      others,
    );
    if (results.every(({ norm }) => Number.isFinite(norm))) optimizer.restore(optimizer.steps + steps.length);
    return results.map(({ parts, norm }) => ({
      totals: parts.reduce<Totals>((so, part) => addUp(so, part), {}),
      norm,
    }));
  }

  dispose(): Promise<void> {
    return this.#steps.dispose();
  }
}

/**
 * Where a stretch of steps that begins at `first` ends. Bounds are absolute, so that a resumed run has the same
 * stretches: multiples of `together`, and of every period after which something is due.
 */
export function stretchEnd(
  first: number,
  total: number,
  together: number,
  periods: readonly number[],
): number {
  const next = [together, ...periods].map((period) => (Math.floor(first / period) + 1) * period);
  return Math.min(total, ...next);
}
