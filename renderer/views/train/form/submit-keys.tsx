import type { ReactNode } from 'react';
import { comboOf } from '../../../shortcuts/keys.ts';
import styles from './new-run.module.css';

/** The keys that start what a form is about, as its button shows them. */
export const SUBMIT = 'Mod+Enter';

interface SubmitKeysProps {
  readonly onSubmit: () => void;
  /** A dialog: it is drawn elsewhere in the page, but its keys still pass through here. */
  readonly children: ReactNode;
}

export function SubmitKeys({ onSubmit, children }: SubmitKeysProps) {
  return (
    <div
      className={styles.keys}
      onKeyDownCapture={(event) => {
        if (comboOf(event.nativeEvent) !== SUBMIT) return;
        event.preventDefault();
        event.stopPropagation();
        onSubmit();
      }}
    >
      {children}
    </div>
  );
}
