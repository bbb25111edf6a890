import { Button } from '../../components/button.tsx';
import { useKeyOf } from '../../shortcuts/commands.ts';
import { classes } from '../../components/classes.ts';
import { choiceWords, type Pair } from './pairwise.ts';
import { choose } from './rank-store.ts';
import { chosen, type Choice, type Ranking } from './ranking.ts';
import styles from './pair-dock.module.css';

const CHOICES: readonly Choice[] = ['left', 'tie', 'bothBad', 'right'];

interface PairDockProps {
  readonly ranking: Ranking;
  readonly pair: Pair;
}

/** What can be said of a pair; only of two completions in all that both are bad. */
export function PairDock({ ranking, pair }: PairDockProps) {
  const said = chosen(ranking);
  const words = choiceWords(ranking, pair);
  const isWhole = ranking.ids.length === 2;
  return (
    <div className={classes(styles.dock, isWhole && styles.whole)} role="group" aria-label="Which is better">
      {CHOICES.filter((choice) => isWhole || choice !== 'bothBad').map((choice) => (
        <ChoiceButton key={choice} choice={choice} label={words[choice]} isChosen={said === choice} />
      ))}
    </div>
  );
}

interface ChoiceProps {
  readonly choice: Choice;
  readonly label: string;
  readonly isChosen: boolean;
}

function ChoiceButton({ choice, label, isChosen }: ChoiceProps) {
  const combo = useKeyOf(`rank.${choice}`);
  return (
    <Button
      variant={isChosen ? 'primary' : 'secondary'}
      aria-pressed={isChosen}
      combo={combo}
      onPress={() => choose(choice)}
    >
      {label}
    </Button>
  );
}
