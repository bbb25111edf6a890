import { X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import {
  Button as AriaButton,
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components';
import { Button } from './button.tsx';
import { classes } from './classes.ts';
import styles from './toasts.module.css';

interface ToastMessage {
  readonly title: string;
  readonly tone?: 'neutral' | 'success' | 'danger';
  readonly action?: { readonly label: string; readonly onPress: () => void };
}

const queue = new ToastQueue<ToastMessage>({ maxVisibleToasts: 3 });

/** Time enough to read; failures stay longer, and all of them while the pointer or the focus is on one. */
const SHOWN_FOR_MS = { neutral: 6000, success: 6000, danger: 12_000 };

export function showToast(message: ToastMessage): void {
  openToast(message);
}

/** Shows it as well, and gives what takes it away again. */
export function openToast(message: ToastMessage): () => void {
  const key = queue.add(message, { timeout: SHOWN_FOR_MS[message.tone ?? 'neutral'] });
  return () => queue.close(key);
}

/** Where toasts appear, F6 away from everywhere; stands once in the window. */
export function Toasts() {
  // A region becomes a landmark, which F6 goes to, only if there is a toast in it as it is made.
  const isEmpty = useSyncExternalStore(
    (listener) => queue.subscribe(listener),
    () => queue.visibleToasts.length === 0,
  );
  return isEmpty ? null : <ToastList />;
}

function ToastList() {
  return (
    <ToastRegion queue={queue} className={styles.region!} aria-label="Messages">
      {({ toast }) => (
        <Toast toast={toast} className={classes(styles.toast, styles[toast.content.tone ?? 'neutral'])}>
          <ToastContent className={styles.content}>
            <Text slot="title">{toast.content.title}</Text>
          </ToastContent>
          {toast.content.action && (
            <Button
              size="sm"
              onPress={() => {
                toast.content.action?.onPress();
                queue.close(toast.key);
              }}
            >
              {toast.content.action.label}
            </Button>
          )}
          <AriaButton slot="close" aria-label="Dismiss" className={styles.close!}>
            <X size={14} aria-hidden />
          </AriaButton>
        </Toast>
      )}
    </ToastRegion>
  );
}
