import { CircleAlert, Flag, SkipForward, Undo2 } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { useKeyOf } from '../../shortcuts/commands.ts';
import styles from '../labeling/screen.module.css';
import type { DialogProps } from './use-rank-commands.ts';
import type { Pair } from './pairwise.ts';
import { setStage, submit, undo, useRank } from './rank-store.ts';
import { contradictions, isRated, letterOf, submitProblem, unranked, type Ranking } from './ranking.ts';

interface RankActionsProps extends DialogProps {
  readonly ranking: Ranking;
  readonly isRating: boolean;
  readonly pair: Pair | null;
}

export function RankActions({ ranking, isRating, pair, onDialog }: RankActionsProps) {
  const isFixed = useRank((state) => state.origins !== null);
  const submitKey = useKeyOf('rank.submit');
  return (
    <div className={styles.actions}>
      <Status ranking={ranking} isRating={isRating} isFixed={isFixed} pair={pair} />
      <Button variant="quiet" icon={Undo2} combo={useKeyOf('rank.undo')} onPress={() => void undo()}>
        Undo
      </Button>
      <Button
        variant="quiet"
        icon={Flag}
        combo={useKeyOf('rank.flag')}
        isDisabled={isFixed}
        onPress={() => onDialog('flag')}
      >
        Flag
      </Button>
      <Button
        variant="quiet"
        icon={SkipForward}
        combo={useKeyOf('rank.skip')}
        isDisabled={isFixed}
        onPress={() => onDialog('skip')}
      >
        Skip
      </Button>
      {isRating ? (
        <Button variant="primary" combo={submitKey} onPress={() => setStage('rank')}>
          Go on to ranking
        </Button>
      ) : (
        <Button
          variant="primary"
          combo={submitKey}
          isDisabled={submitProblem(ranking) !== null && !isFixed}
          onPress={submit}
        >
          {isFixed ? 'Next item' : 'Submit'}
        </Button>
      )}
    </div>
  );
}

interface StatusProps {
  readonly ranking: Ranking;
  readonly isRating: boolean;
  readonly isFixed: boolean;
  readonly pair: Pair | null;
}

/** What is missing, or what is odd about the answer; neither stands in the way of what can be submitted. */
function Status({ ranking, isRating, isFixed, pair }: StatusProps) {
  const odd = contradictions(ranking);
  if (!isRating && !isFixed && odd.length > 0)
    return (
      <p className={styles.status} role="status">
        <span className={styles.warning}>
          <CircleAlert size={14} aria-hidden />
          {contradictionText(ranking, odd)}
        </span>
      </p>
    );
  const all = ranking.ids.length;
  if (!isRating && pair !== null && all > 2)
    return (
      <p
        className={styles.status}
      >{`${all - unranked(ranking).length} of ${all} in order: say which of the two is better`}</p>
    );
  return <p className={styles.status}>{statusText(ranking, isRating, isFixed)}</p>;
}

function contradictionText(ranking: Ranking, odd: ReturnType<typeof contradictions>): string {
  const pairs = odd.map(
    ({ higher, lower }) => `${letterOf(ranking, higher)} above ${letterOf(ranking, lower)}`,
  );
  const shown = pairs.slice(0, 2).join(', ');
  const more = pairs.length > 2 ? ` and ${pairs.length - 2} more` : '';
  return `Rated ${shown}${more}, but ranked the other way`;
}

function statusText(ranking: Ranking, isRating: boolean, isFixed: boolean): string {
  if (isFixed) return 'Submitted. This is where the completions came from.';
  const all = ranking.ids.length;
  if (isRating) return `${ranking.ids.filter((id) => isRated(ranking, id)).length} of ${all} rated`;
  const missing = unranked(ranking).length;
  if (missing === 0) return '';
  if (missing === all && all > 2) return 'Give each a number, 1 for the best; equal numbers tie.';
  return submitProblem(ranking) ?? `${missing} not ranked: they are left out`;
}
