import { Button } from '../../components/button.tsx';
import { ErrorMessage, Spinner } from '../../components/text.tsx';
import styles from './screen.module.css';

interface QueueFailedProps {
  readonly error: string;
  readonly onRetry: () => void;
}

export function QueueFailed({ error, onRetry }: QueueFailedProps) {
  return (
    <div className={styles.center}>
      <ErrorMessage>{error}</ErrorMessage>
      <Button onPress={onRetry}>Try again</Button>
    </div>
  );
}

export function QueueLoading() {
  return (
    <div className={styles.center}>
      <Spinner label="Opening the queue" />
    </div>
  );
}
