import type { RewardModelReport } from '../../../../core/contract/calls.ts';
import { showBriefly, showFigure } from '../figures.ts';
import { HEIGHT, Plot, WIDTH } from './plot.tsx';
import styles from './report.module.css';

/** Reward of the preferred completion less that of the other: what is left of 0 is ordered wrongly. */
export function Margins({ report: { margins } }: { readonly report: RewardModelReport }) {
  const { edges, counts, mean } = margins;
  const most = Math.max(1, ...counts);
  const [low, high] = [edges[0] ?? 0, edges.at(-1) ?? 1];
  const across = (value: number) => (WIDTH * (value - low)) / (high - low || 1);
  return (
    <Plot
      title="Margins"
      summary={`The preferred completion gets ${showFigure(mean)} more on average. Pairs left of 0 are ordered wrongly.`}
      x={{ label: 'reward, preferred − other', from: showFigure(low), to: showFigure(high) }}
      y={{ label: 'pairs', from: '0', to: String(most) }}
    >
      {counts.map((count, i) => {
        const [from, to] = [across(edges[i]!), across(edges[i + 1]!)];
        const height = (HEIGHT * count) / most;
        return (
          <rect
            key={edges[i]}
            className={edges[i + 1]! <= 0 ? styles.wrong : styles.bar}
            x={from}
            y={HEIGHT - height}
            width={Math.max(0.5, to - from - 1)}
            height={height}
          >
            <title>{`${showFigure(edges[i]!)} to ${showFigure(edges[i + 1]!)}: ${count} pairs`}</title>
          </rect>
        );
      })}
      {low < 0 && high > 0 && (
        <line className={styles.diagonal} x1={across(0)} x2={across(0)} y1={0} y2={HEIGHT} />
      )}
    </Plot>
  );
}

/** A reward that follows the length of the completion is one that PPO will follow too. */
export function LengthScatter({ report }: { readonly report: RewardModelReport }) {
  const { tokens, rewards } = report.lengths;
  const { overall, withinPrompts, n } = report.lengthCorrelation;
  const [shortest, longest] = reach(tokens);
  const [least, most] = reach(rewards);
  return (
    <Plot
      title="Reward and length"
      summary={`Correlation ${showBriefly(overall)} overall and ${showBriefly(withinPrompts)} within prompts, from ${n.toLocaleString('en')} completions.`}
      x={{ label: 'tokens', from: showFigure(shortest), to: showFigure(longest) }}
      y={{ label: 'reward', from: showFigure(least), to: showFigure(most) }}
    >
      {Array.from(tokens, (count, i) => (
        <circle
          key={i}
          className={styles.speck}
          cx={(WIDTH * (count - shortest)) / (longest - shortest || 1)}
          cy={HEIGHT * (1 - (rewards[i]! - least) / (most - least || 1))}
          r={2}
        />
      ))}
    </Plot>
  );
}

const reach = (values: Float32Array): [number, number] =>
  values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
