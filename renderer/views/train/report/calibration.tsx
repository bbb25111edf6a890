import type { RewardModelReport } from '../../../../core/contract/calls.ts';
import { HEIGHT, Plot, WIDTH } from './plot.tsx';
import styles from './report.module.css';

const share = { from: '0', to: '1' };

/** How often the first of a pair was preferred, by how probable the model held it. */
export function Calibration({ report: { calibration, ece } }: { readonly report: RewardModelReport }) {
  const y = (value: number) => HEIGHT * (1 - value);
  return (
    <Plot
      title="Calibration"
      summary={`Expected calibration error ${(100 * ece).toFixed(1)}%: how far its probabilities are off, on average over the pairs.`}
      x={{ label: 'predicted probability σ(Δr)', ...share }}
      y={{ label: 'preferred', ...share }}
    >
      <line className={styles.diagonal} x1={0} y1={HEIGHT} x2={WIDTH} y2={0} />
      {calibration.map(({ from, predicted, observed }) => (
        <g key={from} className={styles.point}>
          <title>
            {`predicted ${predicted.toFixed(2)}, preferred ${observed.mean.toFixed(2)} of ${observed.n} pairs`}
          </title>
          <line x1={WIDTH * predicted} x2={WIDTH * predicted} y1={y(observed.low)} y2={y(observed.high)} />
          <circle cx={WIDTH * predicted} cy={y(observed.mean)} r={4} />
        </g>
      ))}
    </Plot>
  );
}
