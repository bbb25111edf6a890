import { FlaskConical, X } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from '../../components/button.tsx';
import { Select } from '../../components/select.tsx';
import { useKeyOf } from '../../shortcuts/commands.ts';
import { judgeEvaluation, rankForTraining, useEvaluations } from './judging.ts';
import styles from './queue-choice.module.css';

const TRAINING = 'training';

/** Chooses between what trains and the evaluations there are to judge; without any there is nothing to choose. */
export function QueueChoice() {
  const { evaluation, all, project, isGone } = useEvaluations();
  useEffect(() => {
    if (isGone) rankForTraining();
  }, [isGone]);
  if (all.length === 0) return null;
  return (
    <div className={styles.choice}>
      <Select
        label="Queue"
        hideLabel
        items={[
          { id: TRAINING, label: 'For training' },
          ...all.map(({ id, name, answered, judged }) => ({
            id: String(id),
            label: name,
            description: `Evaluation: ${judged} of ${answered} judged`,
          })),
        ]}
        value={evaluation ? String(evaluation.id) : TRAINING}
        onChange={(id) => (id === TRAINING ? rankForTraining() : judgeEvaluation(project, Number(id)))}
      />
    </div>
  );
}

/** Says that what is judged now measures models and never trains one. */
export function EvaluationBanner() {
  const { evaluation } = useEvaluations();
  const key = useKeyOf('rank.forTraining');
  if (!evaluation) return null;
  return (
    <p className={styles.banner}>
      <FlaskConical size={15} aria-hidden />
      <span>
        Evaluation: <b>{evaluation.name}</b>. These judgements never train.
      </span>
      <Button size="sm" icon={X} combo={key} onPress={rankForTraining}>
        Rank for training
      </Button>
    </p>
  );
}
