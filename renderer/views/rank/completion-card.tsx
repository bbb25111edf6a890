import { GripVertical } from 'lucide-react';
import { useEffect, useMemo, useRef, type ReactNode } from 'react';
import { Button as AriaButton, Radio, RadioGroup, useDrag } from 'react-aria-components';
import type { RankingItem } from '../../../core/contract/calls.ts';
import type { Origin } from '../../../core/contract/entities.ts';
import { classes } from '../../components/classes.ts';
import { Badge } from '../../components/text.tsx';
import styles from './completion-card.module.css';
import { dragOptions } from './completion-drag.ts';
import { DifferenceText } from './difference-text.tsx';
import { difference } from './difference.ts';
import { OriginLine } from './origin-line.tsx';
import { focusCard, place } from './rank-store.ts';
import { describePlace, describeRank, letterOf, rankOf, ratingOf, type Ranking } from './ranking.ts';

interface CardProps {
  readonly candidate: RankingItem['candidates'][number];
  readonly ranking: Ranking;
  /** The text to show the differences from, or null for the text as it is. */
  readonly compareWith: string | null;
  readonly origin: Origin | null;
  readonly isFixed: boolean;
  /** Of a pair that is compared rather than ranked. */
  readonly isPair: boolean;
  readonly isContradicted: boolean;
}

/** A completion in full, to be ranked by key, by its row of ranks, or by dragging its handle to a slot. */
export function CompletionCard(props: CardProps) {
  const { candidate, ranking, compareWith, origin, isFixed, isPair, isContradicted } = props;
  const { id, text } = candidate;
  const canRank = !isFixed && !isPair;
  const { dragProps, dragButtonProps, isDragging } = useDrag({ ...dragOptions(id), isDisabled: !canRank });
  const letter = letterOf(ranking, id);
  const hasRow = canRank && ranking.focused === id;
  return (
    <Card id={id} ranking={ranking} isPair={isPair} isDragging={isDragging}>
      <header className={styles.header} {...dragProps}>
        <span className={styles.letter}>{letter}</span>
        <span className={styles.place} aria-hidden>
          {!hasRow && <Place id={id} ranking={ranking} isPair={isPair} />}
          <Rated id={id} ranking={ranking} isContradicted={isContradicted} />
        </span>
        {hasRow && <RankRow id={id} ranking={ranking} />}
        {canRank && (
          <AriaButton {...dragButtonProps} className={styles.handle!} aria-label={`Drag ${letter} to a rank`}>
            <GripVertical size={15} aria-hidden />
          </AriaButton>
        )}
      </header>
      <CompletionText text={text} compareWith={compareWith} />
      {origin && <OriginLine origin={origin} />}
    </Card>
  );
}

function CompletionText({
  text,
  compareWith,
}: {
  readonly text: string;
  readonly compareWith: string | null;
}) {
  const parts = useMemo(
    () => (compareWith === null ? undefined : difference(compareWith, text)),
    [compareWith, text],
  );
  return (
    <>
      {parts === null && <p className={styles.unlike}>Hardly anything in common with the focused one</p>}
      <div className={styles.text}>
        {parts ? <DifferenceText parts={parts} /> : text || <em>An empty completion</em>}
      </div>
    </>
  );
}

interface FrameProps {
  readonly id: number;
  readonly ranking: Ranking;
  readonly isPair?: boolean;
  readonly isDragging?: boolean;
  readonly children: ReactNode;
}

/** What can be focused of a completion; the focus of the ranking and that of the keyboard go together. */
export function Card({ id, ranking, isPair = false, isDragging = false, children }: FrameProps) {
  const isFocused = ranking.focused === id;
  const isMarked = isPair ? describePlace(ranking, id) === 'Better' : isFocused;
  const ref = useFollowedFocus(isFocused && !isPair);
  return (
    <article
      ref={ref}
      data-completion={id}
      tabIndex={isFocused || isPair ? 0 : -1}
      aria-label={`Completion ${letterOf(ranking, id)}, ${describeRank(ranking, id)}`}
      aria-current={isFocused}
      className={classes(styles.card, isMarked && styles.current, isDragging && styles.dragging)}
      onFocus={() => focusCard(id)}
      onPointerDown={() => focusCard(id)}
    >
      {children}
    </article>
  );
}

/** Takes the keyboard's focus along, unless the person is using something other than the cards. */
function useFollowedFocus(isFocused: boolean) {
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    const { activeElement } = document;
    const elsewhere = activeElement !== document.body && !activeElement?.closest('[data-completion]');
    if (!isFocused || elsewhere || ref.current?.contains(activeElement)) return;
    ref.current?.focus({ preventScroll: true });
    ref.current?.scrollIntoView({ block: 'nearest' });
  }, [isFocused]);
  return ref;
}

interface OneProps {
  readonly id: number;
  readonly ranking: Ranking;
}

function Place({ id, ranking, isPair }: OneProps & { readonly isPair: boolean }) {
  const rank = rankOf(ranking, id);
  if (rank === undefined) return null;
  const isTied = describeRank(ranking, id) !== `rank ${rank}`;
  const words = isPair ? describePlace(ranking, id) : `Rank ${rank}${isTied ? ' · tie' : ''}`;
  return words && <Badge tone="accent">{words}</Badge>;
}

function Rated({ id, ranking, isContradicted }: OneProps & { readonly isContradicted: boolean }) {
  const { overall } = ratingOf(ranking, id);
  if (overall === undefined) return null;
  return <Badge tone={isContradicted ? 'warning' : 'neutral'}>Rated {overall}</Badge>;
}

function RankRow({ id, ranking }: OneProps) {
  const rank = rankOf(ranking, id);
  return (
    <RadioGroup
      aria-label={`Rank of ${letterOf(ranking, id)}`}
      className={styles.ranks!}
      orientation="horizontal"
      value={rank === undefined ? null : String(rank)}
      onChange={(value) => place(id, Number(value))}
    >
      {ranking.ids.map((_, slot) => (
        <Radio key={slot} value={String(slot + 1)} className={styles.rank!}>
          {slot + 1}
        </Radio>
      ))}
    </RadioGroup>
  );
}
