import { SegmentedControl } from '../../components/toggles.tsx';
import { domainOf } from '../../charts/static/domain.ts';
import { TinyLines } from '../../charts/static/tiny-lines.tsx';
import { axes, measures, verdictOn, type Axis, type Curve, type Measure, type Point } from './checkpoints.ts';
import { setAxis, useEvaluate } from './evaluate-store.ts';
import styles from './evaluate.module.css';
import { decimal, estimateWords } from './numbers.ts';

const AXES = Object.entries(axes).map(([id, { label }]) => ({ id: id as Axis, label }));
const MEASURES = Object.entries(measures) as [Measure, (typeof measures)[Measure]][];

/** Reward, hidden preference and win rate over the checkpoints of a run, on panels that share their axis. */
export function CheckpointCurves({ curves }: { readonly curves: readonly Curve[] }) {
  const axis = useEvaluate((state) => state.axis);
  if (curves.length === 0) return <NoCheckpoints />;
  return (
    <div className={styles.parts}>
      <SegmentedControl label="Against" showLabel items={AXES} value={axis} onChange={setAxis} />
      {curves.map((curve) => (
        <CurveView key={curve.run} curve={curve} axis={axis} />
      ))}
    </div>
  );
}

const NoCheckpoints = () => (
  <p className={styles.note}>
    Evaluate two or more checkpoints of one run, with a reward model, to see whether its score still rises
    where people’s preference falls. Keep several checkpoints of a PPO run for that.
  </p>
);

function CurveView({ curve, axis }: { readonly curve: Curve; readonly axis: Axis }) {
  const { of, unit } = axes[axis];
  const placed = curve.points.flatMap((point) => {
    const x = of(point);
    return typeof x === 'number' ? [{ point, x }] : [];
  });
  const inOrder = placed.toSorted((a, b) => a.x - b.x);
  const x = domainOf(inOrder.map(({ x }) => x));
  return (
    <section className={styles.curve} aria-label={curve.run}>
      <p role="status">{verdictOn(curve.points)}</p>
      <div className={styles.panels}>
        {MEASURES.map(([measure, { title, format }], series) => (
          <TinyLines
            key={measure}
            title={title}
            x={x}
            series={series}
            format={format}
            {...(measure === 'win' && { mark: 0.5 })}
            points={inOrder.flatMap(({ point, x }) => {
              const estimate = point[measure];
              if (!estimate) return [];
              const { mean: y, low, high } = estimate;
              return [{ x, y, low, high, title: `${point.name}: ${estimateWords(estimate, format)}` }];
            })}
          />
        ))}
      </div>
      <p className={styles.axis}>
        {inOrder.length > 0 && `${decimal(inOrder[0]!.x)} to ${decimal(inOrder.at(-1)!.x)} `}
        {unit}
      </p>
      <Numbers points={curve.points} />
    </section>
  );
}

const COLUMNS = ['Checkpoint', 'Step', 'KL', ...MEASURES.map(([, { title }]) => title)];

function Numbers({ points }: { readonly points: readonly Point[] }) {
  return (
    <div className={styles.wide} role="region" aria-label="Numbers of the checkpoints" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <tr key={`${point.step} ${point.name}`}>
              <th scope="row">{point.name}</th>
              <td>{point.step}</td>
              <td>{point.kl ? decimal(point.kl.mean) : '–'}</td>
              {MEASURES.map(([measure, { format }]) => {
                const estimate = point[measure];
                return <td key={measure}>{estimate ? estimateWords(estimate, format) : '–'}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
