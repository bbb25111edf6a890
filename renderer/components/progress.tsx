import { Label, Meter as AriaMeter, ProgressBar as AriaProgressBar } from 'react-aria-components';
import { classes } from './classes.ts';
import styles from './progress.module.css';
import type { Tone } from './text.tsx';

interface ProgressBarProps {
  readonly label: string;
  readonly hideLabel?: boolean;
  /** null where nothing is known of how much there is. */
  readonly value: number | null;
  readonly max?: number;
}

export function ProgressBar({ label, hideLabel = false, value, max = 1 }: ProgressBarProps) {
  return (
    <AriaProgressBar
      {...(hideLabel && { 'aria-label': label })}
      className={styles.progress!}
      value={value ?? 0}
      maxValue={max > 0 ? max : 1}
      isIndeterminate={value === null}
    >
      {({ percentage, isIndeterminate, valueText }) => (
        <>
          {!hideLabel && (
            <span className={styles.words}>
              <Label>{label}</Label>
              {!isIndeterminate && <span>{valueText}</span>}
            </span>
          )}
          <Track percentage={percentage ?? 0} moving={isIndeterminate} />
        </>
      )}
    </AriaProgressBar>
  );
}

interface MeterProps {
  readonly label: string;
  readonly hideLabel?: boolean;
  /** A share, 0 to 1. */
  readonly value: number;
  /** Where it should be, 0 to 1: a mark on the bar. */
  readonly target?: number;
}

export function Meter({ label, hideLabel = false, value, target }: MeterProps) {
  return (
    <AriaMeter
      {...(hideLabel && { 'aria-label': label })}
      className={styles.progress!}
      value={value}
      maxValue={1}
      formatOptions={{ style: 'percent', maximumFractionDigits: 1 }}
    >
      {({ percentage, valueText }) => (
        <>
          {!hideLabel && (
            <span className={styles.words}>
              <Label>{label}</Label>
              <span>{valueText}</span>
            </span>
          )}
          <Track percentage={percentage} {...(target !== undefined && { target: 100 * target })} />
        </>
      )}
    </AriaMeter>
  );
}

function Track({
  percentage,
  target,
  moving = false,
}: {
  percentage: number;
  target?: number;
  moving?: boolean;
}) {
  return (
    <span className={styles.track}>
      <span
        className={classes(styles.fill, moving && styles.moving)}
        style={moving ? undefined : { width: `${percentage}%` }}
      />
      {target !== undefined && <span className={styles.target} style={{ left: `${target}%` }} />}
    </span>
  );
}

interface ProportionPart {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly tone: Tone;
}

/** Parts of a whole as one bar with its legend. */
export function ProportionBar({
  label,
  parts,
}: {
  readonly label: string;
  readonly parts: readonly ProportionPart[];
}) {
  const shown = parts.filter(({ value }) => value > 0);
  return (
    <div className={styles.proportions} role="group" aria-label={label}>
      <div className={styles.parts} aria-hidden>
        {shown.map(({ id, value, tone }) => (
          <span key={id} className={styles[tone]} style={{ flexGrow: value }} />
        ))}
      </div>
      <ul className={styles.legend}>
        {parts.map(({ id, label, value, tone }) => (
          <li key={id}>
            <span className={classes(styles.dot, styles[tone])} aria-hidden />
            {label} <b>{value.toLocaleString()}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
