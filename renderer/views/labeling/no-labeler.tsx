import { UserRound } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { goTo } from '../../stores/ui.ts';
import styles from './queue-header.module.css';

/** Every label has an author, so labeling begins with choosing who labels. */
export function NoLabeler({ title }: { readonly title: string }) {
  return (
    <>
      <h1 className={styles.title}>{title}</h1>
      <EmptyState
        icon={UserRound}
        title="Who is labeling?"
        actions={
          <Button variant="primary" onPress={() => goTo('labelers')}>
            Choose a labeler
          </Button>
        }
      >
        Labels are kept with the name of the person who made them. Choose who you are, or add yourself.
      </EmptyState>
    </>
  );
}
