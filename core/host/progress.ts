import type { MetricName, Metrics } from '../contract/metrics.ts';

/** Where progress is shown: a terminal, or anything that takes lines. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressStep {
  /** The stage; its rate and the time left are counted from its own first step. */
  readonly label: string;
  readonly step: number;
  readonly total: number;
  readonly metrics?: Metrics;
}

/** Shows how far a long work is. */
export interface Progress {
  update(step: ProgressStep): void;
  /** A line of its own, which leaves the live one whole. */
  note(text: string): void;
  /** Ends the live line. */
  done(): void;
}

/** What is worth a place on one line, in this order. */
const keyMetrics: readonly MetricName[] = [
  'loss',
  'eval_loss',
  'eval_reward',
  'accuracy',
  'eval_accuracy',
  'objective/scores',
  'objective/kl',
  'objective/gold',
  'pretraining_loss',
  'response_length',
  'eos_rate',
];

/** Where lines cannot be rewritten, one is printed so often at most. */
const QUIET_MILLISECONDS = 10_000;

const CLEAR = '\r\u001b[K';

interface Stage {
  readonly label: string;
  readonly firstStep: number;
  readonly began: number;
}

/** A single live line on a terminal; elsewhere a plain line now and then, and one at the end of each stage. */
export function createProgress(stream: ProgressStream, now = () => performance.now()): Progress {
  let stage: Stage | undefined;
  let metrics: Metrics = {};
  let live = false;
  let printed = -Infinity;

  const finishLine = () => {
    if (live) stream.write('\n');
    live = false;
  };
  const show = (line: string) => {
    stream.write(`${CLEAR}${line.slice(0, (stream.columns ?? 80) - 1)}`);
    live = true;
  };
  const print = (line: string, last: boolean) => {
    if (!last && now() - printed < QUIET_MILLISECONDS) return;
    stream.write(`${line}\n`);
    printed = now();
  };
  return {
    update(made) {
      if (stage?.label !== made.label) {
        finishLine();
        stage = { label: made.label, firstStep: made.step, began: now() };
        metrics = {};
        printed = -Infinity;
      }
      metrics = { ...metrics, ...made.metrics };
      const line = describe(made, stage, now(), metrics);
      if (stream.isTTY) show(line);
      else print(line, made.step === made.total);
    },
    note(text) {
      stream.write(`${live ? CLEAR : ''}${text}\n`);
      live = false;
    },
    done: finishLine,
  };
}

/** `sft  12/40  1.3 steps/s  0:21 left  loss 2.31` */
function describe(
  { label, step, total }: ProgressStep,
  { firstStep, began }: Stage,
  now: number,
  metrics: Metrics,
) {
  const rate = (1000 * (step - firstStep)) / (now - began);
  const timing = rate > 0 && Number.isFinite(rate) ? [speed(rate), timeLeft((total - step) / rate)] : [];
  const shown = keyMetrics.flatMap((name) => {
    const value = metrics[name];
    return value === undefined ? [] : [`${name} ${Number(value.toPrecision(4))}`];
  });
  return [label, `${step}/${total}`, ...(step < total ? timing : timing.slice(0, 1)), ...shown].join('  ');
}

const speed = (rate: number): string =>
  rate >= 1 ? `${rate.toFixed(1)} steps/s` : `${(1 / rate).toFixed(1)} s/step`;

function timeLeft(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const two = (value: number) => String(value).padStart(2, '0');
  const tail = `${two(Math.floor(seconds % 60))} left`;
  return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}
