import { Button } from '../../components/button.tsx';
import styles from './empty-train.module.css';
import { stageNames, stages } from './train-names.ts';
import { openNewRun } from './train-store.ts';

/** What there is to train, in its order, before anything was. */
export function EmptyTrain() {
  return (
    <div className={styles.empty}>
      <h2>Nothing is trained yet</h2>
      <p>
        Four stages build on each other. Training goes on while you do something else, and after this window
        closes.
      </p>
      <ol className={styles.stages}>
        {stages.map(({ id, what, verb }, i) => (
          <li key={id} className={styles.stage}>
            <span className={styles.number} aria-hidden>
              {i + 1}
            </span>
            <h3>{stageNames[id]}</h3>
            <p>{what}</p>
            <Button
              variant={id === 'sft' ? 'primary' : 'secondary'}
              onPress={() => openNewRun({ algorithm: id })}
            >
              {verb}
            </Button>
          </li>
        ))}
      </ol>
    </div>
  );
}
