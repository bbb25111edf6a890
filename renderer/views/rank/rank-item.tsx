import { useEffect, useRef } from 'react';
import type { RankingItem } from '../../../core/contract/calls.ts';
import { useSettings } from '../../stores/session.ts';
import { ItemNotices } from '../labeling/item-notices.tsx';
import { PromptPane } from '../labeling/prompt-pane.tsx';
import styles from '../labeling/screen.module.css';
import { CompletionCard } from './completion-card.tsx';
import { PairDock } from './pair-dock.tsx';
import { RankActions } from './rank-actions.tsx';
import grid from './rank-item.module.css';
import type { DialogProps } from './use-rank-commands.ts';
import type { Pair } from './pairwise.ts';
import { pairIn, ratesFirst, useRank } from './rank-store.ts';
import { contradictions, type Ranking } from './ranking.ts';
import { RateStage, RatingDock } from './rate-stage.tsx';
import { SlotDock } from './slot-dock.tsx';

/** The item at hand: its prompt, its completions and what can be said of them. */
export function RankItem({ item, onDialog }: DialogProps & { readonly item: RankingItem }) {
  const state = useRank();
  const { ranking, stage } = state;
  const settings = useSettings();
  const content = useRef<HTMLDivElement>(null);
  useEffect(() => {
    content.current?.scrollTo(0, 0);
  }, [item.id]);
  if (ranking === null || settings === null) return null;
  const isRating = stage === 'rate' && ratesFirst(settings);
  const pair = pairIn(state);
  return (
    <>
      <div ref={content} className={styles.content}>
        <ItemNotices status={item.status} wasSubmitted={item.submitted !== null} flag={item.flag} />
        <PromptPane prompt={item.prompt} />
        {isRating ? (
          <RateStage candidates={item.candidates} ranking={ranking} labeling={settings.labeling} />
        ) : (
          <Completions item={item} ranking={ranking} pair={pair} />
        )}
      </div>
      <footer className={styles.dock}>
        <Dock ranking={ranking} isRating={isRating} pair={pair} />
        <RankActions ranking={ranking} isRating={isRating} pair={pair} onDialog={onDialog} />
      </footer>
    </>
  );
}

interface DockProps {
  readonly ranking: Ranking;
  readonly isRating: boolean;
  readonly pair: Pair | null;
}

function Dock({ ranking, isRating, pair }: DockProps) {
  if (isRating) return <RatingDock ranking={ranking} />;
  return pair ? <PairDock ranking={ranking} pair={pair} /> : <SlotDock ranking={ranking} />;
}

const candidatesOf = ({ candidates }: RankingItem, ids: readonly number[]) =>
  ids.flatMap((wanted) => candidates.filter(({ id }) => id === wanted));

interface CompletionsProps {
  readonly item: RankingItem;
  readonly ranking: Ranking;
  readonly pair: Pair | null;
}

function Completions({ item, ranking, pair }: CompletionsProps) {
  const { differences, origins } = useRank();
  const shown = pair ? candidatesOf(item, [pair.left, pair.right]) : item.candidates;
  const compared = shown.find(({ id }) => id === ranking.focused) ?? shown[0];
  const contradicted = new Set(contradictions(ranking).flatMap(({ higher, lower }) => [higher, lower]));
  return (
    <section className={grid.cards} data-count={shown.length} aria-label="Completions">
      {shown.map((candidate) => (
        <CompletionCard
          key={candidate.id}
          candidate={candidate}
          ranking={ranking}
          compareWith={differences && candidate !== compared ? (compared?.text ?? null) : null}
          origin={origins?.[candidate.id] ?? null}
          isFixed={origins !== null}
          isPair={pair !== null}
          isContradicted={contradicted.has(candidate.id)}
        />
      ))}
    </section>
  );
}
