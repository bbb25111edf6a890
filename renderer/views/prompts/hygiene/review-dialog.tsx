import type { ReactNode } from 'react';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { ErrorMessage, Spinner } from '../../../components/text.tsx';
import type { Reading } from '../../../stores/use-call.ts';
import dialogs from '../dialogs.module.css';
import styles from './hygiene.module.css';

interface ReviewDialogProps<T> {
  readonly title: string;
  /** What is looked for and what happens to it. */
  readonly explanation: ReactNode;
  readonly options?: ReactNode;
  readonly reading: Reading<T>;
  readonly isNothing: (found: T) => boolean;
  readonly nothing: string;
  readonly actions: (found: T) => ReactNode;
  readonly onClose: () => void;
  readonly children: (found: T) => ReactNode;
}

/** Shows what was found before anything is done about it. */
export function ReviewDialog<T>(props: ReviewDialogProps<T>) {
  const { title, explanation, options, reading, isNothing, nothing, actions, onClose, children } = props;
  const { data, error, loading } = reading;
  const found = data !== undefined && !isNothing(data) ? data : undefined;
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      width="xl"
      footer={
        <>
          <Button onPress={onClose}>{found ? 'Cancel' : 'Close'}</Button>
          {found && actions(found)}
        </>
      }
    >
      <div className={dialogs.stack}>
        <p className={dialogs.muted}>{explanation}</p>
        {options}
        {error && <ErrorMessage>{error}</ErrorMessage>}
        {found && children(found)}
        {!found && (
          <div className={styles.waiting}>
            {data !== undefined && !loading ? nothing : !error && <Spinner label="Looking…" />}
          </div>
        )}
      </div>
    </Dialog>
  );
}
