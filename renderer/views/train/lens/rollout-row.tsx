import { ListOrdered } from 'lucide-react';
import { memo, type KeyboardEvent } from 'react';
import type { Rollouts, RunDetail } from '../../../../core/contract/calls.ts';
import { IconButton } from '../../../components/button.tsx';
import { Badge } from '../../../components/text.tsx';
import { showBriefly, showFigure } from '../figures.ts';
import { colourOf, depthOf } from './colour-scale.ts';
import { pointAt, useLens, type LensView } from './lens-store.ts';
import { quantities } from './quantities.ts';
import { sumOf, type Rollout } from './rollout-table.ts';
import { sendToRank } from './send-to-rank.ts';
import styles from './lens.module.css';

interface RolloutRowProps {
  readonly rollout: Rollout;
  readonly data: Rollouts;
  readonly view: LensView;
  readonly reach: number;
  readonly detail: RunDetail;
}

export const RolloutRow = memo(function RolloutRow({ rollout, data, view, reach, detail }: RolloutRowProps) {
  return (
    <article className={styles.rollout} aria-label={`Rollout ${rollout.index + 1}`}>
      <header className={styles.head}>
        <span className={styles.prompt} title={rollout.prompt}>
          {rollout.prompt}
        </span>
        <Figures rollout={rollout} data={data} />
        <IconButton
          label="Send to Rank"
          icon={ListOrdered}
          size="sm"
          onPress={() => void sendToRank(rollout, data, detail)}
        />
      </header>
      <Tokens rollout={rollout} data={data} view={view} reach={reach} />
    </article>
  );
});

function Figures({ rollout, data }: Pick<RolloutRowProps, 'rollout' | 'data'>) {
  return (
    <span className={styles.figures}>
      <span title="Score of the reward model, after the missing-end rule">
        score {showFigure(rollout.score)}
      </span>
      <span title="Sum of KL over its tokens, nats">KL {showFigure(sumOf('kl', rollout, data))}</span>
      <span>{rollout.length} tokens</span>
      {!rollout.ended && <Badge tone="warning">cut</Badge>}
    </span>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

function Tokens({ rollout, data, view, reach }: Omit<RolloutRowProps, 'detail'>) {
  const { first, length } = rollout;
  const values = data.quantities[view.quantity];
  const of = quantities[view.quantity];
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const now = useLens.getState().token;
    const within = now !== null && now >= first && now < first + length;
    pointAt(within ? Math.max(first, Math.min(first + length - 1, now + step)) : first);
  };
  return (
    <div
      className={styles.tokens}
      tabIndex={0}
      role="group"
      aria-label={`Tokens: ${rollout.completion}. Left and right go through their numbers.`}
      onKeyDown={onKeyDown}
      onBlur={() => pointAt(null)}
    >
      {Array.from({ length }, (_, i) => {
        const value = values?.[first + i] ?? NaN;
        return (
          <Token
            key={i}
            at={first + i}
            text={data.tokens[first + i]!}
            colour={colourOf(depthOf(value, reach), of)}
            number={view.numbers ? showBriefly(value) : null}
          />
        );
      })}
    </div>
  );
}

interface TokenProps {
  readonly at: number;
  readonly text: string;
  readonly colour: string;
  readonly number: string | null;
}

const Token = memo(function Token({ at, text, colour, number }: TokenProps) {
  return (
    <span className={styles.token} data-token={at} style={{ backgroundColor: colour }}>
      {visible(text)}
      {number !== null && (
        <small data-token={at} aria-hidden>
          {number}
        </small>
      )}
    </span>
  );
});

/** Line ends are tokens too, and must be seen. */
const visible = (text: string): string => text.replaceAll('\n', '⏎\n').replaceAll('\t', '⇥');
