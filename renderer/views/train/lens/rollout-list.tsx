import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, type MouseEvent, type RefObject } from 'react';
import type { Rollouts, RunDetail } from '../../../../core/contract/calls.ts';
import { reachOf } from './colour-scale.ts';
import { pointAt, useLens, type LensView } from './lens-store.ts';
import { RolloutRow } from './rollout-row.tsx';
import type { Rollout } from './rollout-table.ts';
import styles from './lens.module.css';

interface RolloutListProps {
  readonly data: Rollouts;
  readonly rollouts: readonly Rollout[];
  readonly view: LensView;
  readonly detail: RunDetail;
}

const USUAL_HEIGHT = 96;

/** Draws the rollouts in sight alone: a step may have thousands. */
export function RolloutList({ data, rollouts, view, detail }: RolloutListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const values = data.quantities[view.quantity];
  usePointed(scroller);
  const reach = useMemo(() => reachOf(values ?? new Float32Array()), [values]);
  const virtualizer = useVirtualizer({
    count: rollouts.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => USUAL_HEIGHT,
    getItemKey: (i) => rollouts[i]!.index,
    overscan: 4,
  });
  return (
    <div
      ref={scroller}
      className={styles.list}
      role="list"
      aria-label={`Rollouts of step ${data.step}`}
      onMouseMove={({ target }) => pointAt(tokenAt(target))}
      onMouseLeave={() => pointAt(null)}
    >
      <div className={styles.all} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ key, index, start }) => (
          <div
            key={key}
            ref={virtualizer.measureElement}
            data-index={index}
            className={styles.place}
            style={{ transform: `translateY(${start}px)` }}
            role="listitem"
          >
            <RolloutRow rollout={rollouts[index]!} data={data} view={view} reach={reach} detail={detail} />
          </div>
        ))}
      </div>
    </div>
  );
}

/** Marks the token that is pointed at, past React: it changes with every move over thousands of them. */
function usePointed(scroller: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    let marked: Element | null = null;
    return useLens.subscribe(({ token }) => {
      marked?.removeAttribute('data-pointed');
      marked = scroller.current?.querySelector(`[data-token="${token}"]`) ?? null;
      marked?.setAttribute('data-pointed', 'true');
    });
  }, [scroller]);
}

function tokenAt(target: MouseEvent['target']): number | null {
  const token = target instanceof HTMLElement ? target.dataset['token'] : undefined;
  return token === undefined ? null : Number(token);
}
