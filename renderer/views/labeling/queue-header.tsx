import { ChevronLeft, ChevronRight, Clock } from 'lucide-react';
import type { ReactNode } from 'react';
import type { QueueCounts } from '../../../core/contract/entities.ts';
import { IconButton } from '../../components/button.tsx';
import { useActiveMs, type EffortTimer } from './effort-clock.ts';
import { showDuration } from './effort.ts';
import styles from './queue-header.module.css';

interface QueueHeaderProps {
  readonly title: string;
  readonly counts: QueueCounts | undefined;
  /** null where there is no item to spend time on. */
  readonly timer: EffortTimer | null;
  readonly onPrevious: (() => void) | null;
  readonly onNext: (() => void) | null;
  readonly previousKey: string | null;
  readonly nextKey: string | null;
  /** Beside the title. */
  readonly mode?: ReactNode;
  /** At the far end. */
  readonly actions?: ReactNode;
}

/** The bar over a queue: how far it is, the time on this item, and the way to its neighbours. */
export function QueueHeader(props: QueueHeaderProps) {
  const { title, counts, timer, onPrevious, onNext, previousKey, nextKey, mode, actions } = props;
  return (
    <header className={styles.header}>
      <h1>{title}</h1>
      {mode}
      {counts && <Progress counts={counts} />}
      {timer && <Time timer={timer} />}
      <div className={styles.moves}>
        <IconButton
          label="Previous item"
          icon={ChevronLeft}
          combo={previousKey}
          isDisabled={!onPrevious}
          onPress={() => onPrevious?.()}
        />
        <IconButton
          label="Next item"
          icon={ChevronRight}
          combo={nextKey}
          isDisabled={!onNext}
          onPress={() => onNext?.()}
        />
        {actions}
      </div>
    </header>
  );
}

const STATES = ['pending', 'draft', 'submitted', 'skipped', 'flagged'] as const;
const ALWAYS_SHOWN: readonly string[] = ['pending', 'submitted'];

function Progress({ counts }: { readonly counts: QueueCounts }) {
  const shown = STATES.filter((state) => counts[state] > 0 || ALWAYS_SHOWN.includes(state));
  const parts = STATES.filter((state) => state !== 'flagged' && counts[state] > 0);
  return (
    <div className={styles.progress} role="group" aria-label="Progress of the queue">
      {parts.length > 0 && (
        <span className={styles.bar} aria-hidden>
          {[...parts].reverse().map((state) => (
            <span key={state} className={styles[state]} style={{ flexGrow: counts[state] }} />
          ))}
        </span>
      )}
      <ul className={styles.counts}>
        {shown.map((state) => (
          <li key={state}>
            <b>{counts[state].toLocaleString()}</b> {state}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Time({ timer }: { readonly timer: EffortTimer }) {
  return (
    <span className={styles.time} role="timer" aria-label="Active time on this item">
      <Clock size={13} aria-hidden />
      {showDuration(useActiveMs(timer))}
    </span>
  );
}
