import type { Rollouts } from '../../../../core/contract/calls.ts';
import { showFigure } from '../figures.ts';
import { useLens } from './lens-store.ts';
import { quantities, quantityNames } from './quantities.ts';
import styles from './lens.module.css';

/** All numbers of the token that is pointed at. */
export function TokenReadout({ data }: { readonly data: Rollouts }) {
  const token = useLens((state) => state.token);
  if (token === null || token >= data.tokens.length)
    return (
      <p className={styles.readout}>
        Point at a token, or go through them with the arrow keys, for its numbers.
      </p>
    );
  return (
    <dl className={styles.readout} aria-live="polite">
      <div>
        <dt>Token</dt>
        <dd className={styles.word}>{JSON.stringify(data.tokens[token])}</dd>
      </div>
      {quantityNames.map((name) => (
        <div key={name}>
          <dt title={quantities[name].meaning}>{quantities[name].title}</dt>
          <dd>{showFigure(data.quantities[name]?.[token] ?? NaN)}</dd>
        </div>
      ))}
    </dl>
  );
}
