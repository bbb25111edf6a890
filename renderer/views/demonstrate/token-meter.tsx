import { useEffect, useState } from 'react';
import { classes } from '../../components/classes.ts';
import { Select } from '../../components/select.tsx';
import { useCall } from '../../stores/use-call.ts';
import { chooseModel } from './demonstrate-store.ts';
import { tokensLeft, type TokenCount } from './demonstration.ts';
import styles from './token-meter.module.css';
import { useModels } from './use-models.ts';

const COUNT_AFTER_MS = 200;

/** How much of a model's context the prompt and the text take. */
export function TokenMeter({ prompt, text }: { readonly prompt: string; readonly text: string }) {
  const { models, model } = useModels();
  const settled = useSettled(text, COUNT_AFTER_MS);
  const counts = useCall(
    'demonstrate.countTokens',
    model ? { model: model.path, prompt, text: settled } : null,
  ).data;
  if (!model) return null;
  return (
    <div className={styles.meter}>
      {counts && <Count counts={counts} />}
      {models.length > 1 && (
        <Select
          label="Model that counts the tokens"
          hideLabel
          items={models.map(({ path, name }) => ({ id: path, label: name }))}
          value={model.path}
          onChange={chooseModel}
        />
      )}
    </div>
  );
}

function Count({ counts }: { readonly counts: TokenCount }) {
  const { prompt, text, context } = counts;
  const left = tokensLeft(counts);
  const isOver = left < 0;
  const share = Math.min(1, (prompt + text) / context);
  return (
    <span className={classes(styles.count, isOver && styles.over)}>
      <span className={styles.bar} aria-hidden>
        <span style={{ width: `${100 * share}%` }} />
      </span>
      <span>
        <b>{text.toLocaleString()}</b> {text === 1 ? 'token' : 'tokens'} with the end token
        {isOver
          ? `, ${(-left).toLocaleString()} too many for the context of ${context.toLocaleString()}`
          : `, ${left.toLocaleString()} of ${context.toLocaleString()} left`}
      </span>
    </span>
  );
}

/** A value once it has rested. */
function useSettled<T>(value: T, afterMs: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}
