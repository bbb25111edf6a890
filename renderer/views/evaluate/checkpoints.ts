/**
 * Over-optimisation: how a reward model's score and what people prefer move apart over the checkpoints of one run
 * (Gao et al. 2023, "Scaling laws for reward model overoptimization").
 */
import type { CallOutput, EvaluationReport, WinRates } from '../../../core/contract/calls.ts';
import type { Estimate } from '../../../core/contract/entities.ts';
import { decimal, percent } from './numbers.ts';

type Models = CallOutput<'models.list'>;

export interface Point {
  readonly name: string;
  readonly step: number;
  /** To the baseline, nats a completion. */
  readonly kl: Estimate | null;
  readonly reward: Estimate | null;
  readonly gold: Estimate | null;
  /** Against the baseline. */
  readonly win: Estimate | null;
}

export interface Curve {
  /** Folder of the run. */
  readonly run: string;
  /** By step, oldest first. */
  readonly points: readonly Point[];
}

/** A curve takes two. */
const LEAST = 2;
/** A model compared with itself wins half of the time, and is not away from itself. */
const HALF: Estimate = { mean: 0.5, low: 0.5, high: 0.5, n: 0 };
const NOWHERE: Estimate = { mean: 0, low: 0, high: 0, n: 0 };

/** The runs of which several checkpoints were evaluated, each beginning with the baseline. */
export function curvesOf(report: EvaluationReport, models: Models): Curve[] {
  const runOf = (path: string) => models.find((model) => model.path === path)?.run ?? null;
  const evaluated = report.evaluation.models.map(({ path }, at) => ({ at, run: runOf(path) }));
  const runs = new Set(evaluated.slice(1).flatMap(({ run }) => (run ? [run.path] : [])));
  return [...runs]
    .map((path) => {
      const of = evaluated.flatMap(({ at, run }) =>
        at === 0 || run?.path !== path ? [] : [pointAt(report, at, run.step)],
      );
      const start = evaluated[0]?.run?.path === path ? evaluated[0].run.step : 0;
      return { run: path, points: [baselineAt(report, start), ...of].toSorted((a, b) => a.step - b.step) };
    })
    .filter(({ points }) => points.length > LEAST);
}

function pointAt(report: EvaluationReport, at: number, step: number): Point {
  const { kl = null, reward = null, gold = null } = report.models[at] ?? {};
  const win = report.winRates.find(({ model }) => model === at)?.overall ?? null;
  return { name: report.evaluation.models[at]!.name, step, kl, reward, gold, win };
}

function baselineAt(report: EvaluationReport, step: number): Point {
  return { ...pointAt(report, 0, step), kl: NOWHERE, win: report.winRates.some(isJudged) ? HALF : null };
}

const isJudged = ({ overall }: WinRates): boolean => overall !== null;

export const axes = {
  kl: { label: 'KL', unit: 'KL to the baseline, nats a completion', of: ({ kl }: Point) => kl?.mean },
  root: {
    label: '√KL',
    unit: '√KL to the baseline',
    of: ({ kl }: Point) => kl && Math.sqrt(Math.max(0, kl.mean)),
  },
  step: { label: 'Step', unit: 'steps of the run', of: ({ step }: Point) => step },
} as const satisfies Record<
  string,
  { label: string; unit: string; of: (point: Point) => number | null | undefined }
>;
export type Axis = keyof typeof axes;

export const measures = {
  reward: { title: 'Reward model (proxy)', format: decimal },
  gold: { title: 'Hidden preference (gold)', format: decimal },
  win: { title: 'Win rate against the baseline', format: percent },
} as const;
export type Measure = keyof typeof measures;

export interface Fall {
  readonly measure: 'win' | 'gold';
  readonly from: Point;
  readonly to: Point;
  /** Whether the two intervals lie apart. */
  readonly isSure: boolean;
}

/** Where the reward goes on rising while people's preference, or else the hidden one, falls from its best. */
export function fallIn(points: readonly Point[]): Fall | null {
  const measure = points.some(({ win }) => win !== null && win !== HALF) ? 'win' : 'gold';
  const known = points.filter((point) => point[measure] !== null && point.reward !== null);
  const best = known.toSorted((a, b) => b[measure]!.mean - a[measure]!.mean)[0];
  if (!best) return null;
  const after = known.filter(
    (point) =>
      point.step > best.step &&
      point.reward!.mean > best.reward!.mean &&
      point[measure]!.mean < best[measure]!.mean,
  );
  const to = after.toSorted((a, b) => a[measure]!.mean - b[measure]!.mean)[0];
  return to ? { measure, from: best, to, isSure: to[measure]!.high < best[measure]!.low } : null;
}

/** What the curve shows, in a sentence. */
export function verdictOn(points: readonly Point[]): string {
  const fall = fallIn(points);
  if (!fall) return 'Nothing falls while the reward model’s score rises: no sign of over-optimisation.';
  const { measure, from, to, isSure } = fall;
  const { format } = measures[measure];
  const name = measure === 'win' ? 'the win rate' : 'the hidden preference';
  const seen = `From step ${from.step} to step ${to.step} the reward model’s score rises from ${decimal(from.reward!.mean)} to ${decimal(to.reward!.mean)} while ${name} falls from ${format(from[measure]!.mean)} to ${format(to[measure]!.mean)}`;
  return isSure
    ? `${seen}: over-optimisation. Take the checkpoint of step ${from.step}.`
    : `${seen}. The intervals overlap, so it may be chance: more judgements will tell.`;
}
