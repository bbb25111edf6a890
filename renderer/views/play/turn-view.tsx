import { memo, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { ErrorMessage } from '../../components/text.tsx';
import { AnswerCard } from './answer-card.tsx';
import { byReward, goesOnWith, type Cell, type Column, type Turn } from './conversation.ts';
import styles from './play.module.css';

interface TurnViewProps {
  readonly turn: Turn;
  readonly columns: readonly Column[];
  readonly isLast: boolean;
}

/** A question, and the answer of every column under it. */
export const TurnView = memo(function TurnView({ turn, columns, isLast }: TurnViewProps) {
  return (
    <section className={styles.turn} aria-label={`Question: ${turn.question.slice(0, 80)}`} data-turn>
      <div className={styles.question}>
        <p>{turn.question}</p>
        <small>seed {turn.sampling.seed}</small>
      </div>
      <div className={styles.cells}>
        {columns.map(({ id }, at) => {
          const cell = turn.cells[id];
          return cell ? (
            <CellView key={id} turn={turn} column={id} number={at + 1} cell={cell} isLast={isLast} />
          ) : (
            <p key={id} className={styles.absent}>
              Not asked: this column came later.
            </p>
          );
        })}
      </div>
    </section>
  );
});

interface CellViewProps {
  readonly turn: Turn;
  readonly column: number;
  readonly number: number;
  readonly cell: Cell;
  readonly isLast: boolean;
}

/** The answer that the conversation goes on with; the others are folded under it. */
const CellView = memo(function CellView({ turn, column, number, cell, isLast }: CellViewProps) {
  const [unfolded, setUnfolded] = useState(false);
  const first = goesOnWith(cell);
  const others = byReward(cell.answers).filter((at) => at !== first);
  const card = (sample: number, isMain: boolean) => (
    <AnswerCard
      key={sample}
      place={{ turn: turn.id, column, sample }}
      cell={cell}
      name={`Answer ${cell.answers.length > 1 ? `${sample + 1} ` : ''}of column ${number}`}
      hasRewards={turn.rewardModel !== null}
      canChoose={isLast && !isMain}
    />
  );
  return (
    <div className={styles.cell}>
      {cell.problem !== null && <ErrorMessage>{cell.problem}</ErrorMessage>}
      {card(first, true)}
      {others.length > 0 && (
        <Button variant="quiet" size="sm" aria-expanded={unfolded} onPress={() => setUnfolded(!unfolded)}>
          {unfolded ? 'Fold the others' : `Show ${others.length} more`}
        </Button>
      )}
      {unfolded && others.map((sample) => card(sample, false))}
    </div>
  );
});
