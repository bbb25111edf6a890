import { useRef, type CSSProperties, type ReactNode } from 'react';
import { useDrag, useDrop } from 'react-aria-components';
import { classes } from '../../components/classes.ts';
import { dragOptions, droppedCompletion, dropOperation } from './completion-drag.ts';
import { focusCard, place } from './rank-store.ts';
import { letterOf, slotsOf, unranked, type Ranking } from './ranking.ts';
import styles from './slot-dock.module.css';

/** The ranks as slots, best first: each takes any number of completions, dropped on it or put there by key. */
export function SlotDock({ ranking }: { readonly ranking: Ranking }) {
  const slots = slotsOf(ranking);
  return (
    <div
      className={styles.dock}
      style={{ '--completions': slots.length } as CSSProperties}
      role="group"
      aria-label="Ranks"
    >
      <Slot ranking={ranking} ids={unranked(ranking)} rank={null}>
        <span className={styles.number}>Not ranked</span>
      </Slot>
      {slots.map((ids, at) => (
        <Slot key={at} ranking={ranking} ids={ids} rank={at + 1}>
          <span className={styles.number}>
            {at + 1}
            {at === 0 && <small>best</small>}
            {at === slots.length - 1 && <small>worst</small>}
          </span>
        </Slot>
      ))}
    </div>
  );
}

interface SlotProps {
  readonly ranking: Ranking;
  readonly ids: readonly number[];
  /** null for the place of what is not ranked. */
  readonly rank: number | null;
  readonly children: ReactNode;
}

function Slot({ ranking, ids, rank, children }: SlotProps) {
  const ref = useRef<HTMLDivElement>(null);
  const { dropProps, isDropTarget } = useDrop({
    ref,
    getDropOperation: dropOperation,
    onDrop: (event) => void droppedCompletion(event).then((id) => id !== null && place(id, rank)),
  });
  return (
    <div
      {...dropProps}
      ref={ref}
      role="group"
      tabIndex={-1}
      aria-label={slotLabel(ranking, ids, rank)}
      className={classes(styles.slot, rank === null && styles.unranked, isDropTarget && styles.target)}
      onClick={() => place(ranking.focused, rank)}
    >
      {children}
      <span className={styles.chips}>
        {ids.map((id) => (
          <Chip key={id} id={id} ranking={ranking} />
        ))}
      </span>
    </div>
  );
}

function slotLabel(ranking: Ranking, ids: readonly number[], rank: number | null): string {
  const letters = ids.map((id) => letterOf(ranking, id)).join(', ') || 'empty';
  return rank === null ? `Not ranked: ${letters}` : `Rank ${rank}: ${letters}`;
}

/** For the pointer alone: keys work on the cards. */
function Chip({ id, ranking }: { readonly id: number; readonly ranking: Ranking }) {
  const { dragProps, isDragging } = useDrag(dragOptions(id));
  return (
    <span
      {...dragProps}
      aria-hidden
      className={classes(
        styles.chip,
        ranking.focused === id && styles.current,
        isDragging && styles.dragging,
      )}
      onClick={(event) => {
        event.stopPropagation();
        focusCard(id);
      }}
    >
      {letterOf(ranking, id)}
    </span>
  );
}
