import { Check, ChevronRight, Circle, CircleDot, LoaderCircle } from 'lucide-react';
import type { Work } from '../../../core/contract/calls.ts';
import { Button } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { ProgressBar } from '../../components/progress.tsx';
import type { Action, Stage } from './stages.ts';
import styles from './iterate.module.css';

interface StageBoxProps {
  readonly stage: Stage;
  readonly isNext: boolean;
  /** What is under way in it. */
  readonly work: Work | undefined;
  /** Whether the model that came of the round can be found. */
  readonly canUseResult: boolean;
  readonly onAction: (action: Action) => void;
}

const ICONS = { done: Check, working: LoaderCircle, now: CircleDot, later: Circle } as const;
const STATES = { done: 'done', working: 'under way', now: 'to do', later: 'later' } as const;

const LABELS: Record<Action, string> = {
  sample: 'Sample completions…',
  rank: 'Rank them',
  rewardModel: 'Train the reward model…',
  ppo: 'Train PPO…',
  watch: 'Show in Train',
  evaluate: 'Evaluate against the policy before…',
  nextRound: 'Start the next round from it',
};

const NEEDS_RESULT: readonly Action[] = ['evaluate', 'nextRound'];

export function StageBox({ stage, isNext, work, canUseResult, onAction }: StageBoxProps) {
  const { title, state, facts, actions, run } = stage;
  const Icon = ICONS[state];
  return (
    <li className={classes(styles.stage, styles[state], isNext && styles.next)}>
      <h3>
        <Icon size={14} aria-hidden />
        {title}
        <span className={styles.unseen}>, {STATES[state]}</span>
      </h3>
      <ul className={styles.facts}>
        {facts.map((fact) => (
          <li key={fact} title={fact}>
            {fact}
          </li>
        ))}
      </ul>
      {work && (
        <ProgressBar
          label={work.title}
          hideLabel
          value={work.total > 0 ? work.done : null}
          max={work.total}
        />
      )}
      {!work && run && state === 'working' && (
        <ProgressBar label={run.name} hideLabel value={run.steps > 0 ? run.step : null} max={run.steps} />
      )}
      <div className={styles.actions}>
        {actions.map((action, at) => (
          <Button
            key={action}
            size="sm"
            variant={isNext && at === 0 ? 'primary' : 'secondary'}
            isDisabled={NEEDS_RESULT.includes(action) && !canUseResult}
            onPress={() => onAction(action)}
          >
            {LABELS[action]}
          </Button>
        ))}
      </div>
      <ChevronRight size={16} className={styles.arrow} aria-hidden />
    </li>
  );
}
