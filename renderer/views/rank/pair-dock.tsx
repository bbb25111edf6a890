import { Button } from '../../components/button.tsx';
import { useKeyOf } from '../../shortcuts/commands.ts';
import { choose } from './rank-store.ts';
import { chosen, type Choice, type Ranking } from './ranking.ts';
import styles from './pair-dock.module.css';

const CHOICES: readonly { readonly choice: Choice; readonly label: string }[] = [
  { choice: 'left', label: 'A is better' },
  { choice: 'tie', label: 'Tie' },
  { choice: 'bothBad', label: 'Both bad' },
  { choice: 'right', label: 'B is better' },
];

/** The four things that can be said of a pair. */
export function PairDock({ ranking }: { readonly ranking: Ranking }) {
  const said = chosen(ranking);
  return (
    <div className={styles.dock} role="group" aria-label="Which is better">
      {CHOICES.map(({ choice, label }) => (
        <ChoiceButton key={choice} choice={choice} label={label} isChosen={said === choice} />
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
