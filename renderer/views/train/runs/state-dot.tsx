import type { RunSummary } from '../../../../core/contract/calls.ts';
import { classes } from '../../../components/classes.ts';
import { stateWords } from '../train-names.ts';
import styles from './state-dot.module.css';

/** What a run is doing: a colour and a shape for the eye, a word for the ear. */
export function StateDot({ run }: { readonly run: RunSummary }) {
  const words = stateWords(run);
  return (
    <span className={classes(styles.dot, styles[run.state])} role="img" aria-label={words} title={words} />
  );
}
