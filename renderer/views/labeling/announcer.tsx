import { create } from 'zustand';
import styles from './announcer.module.css';

const useAnnouncement = create<{ readonly text: string }>(() => ({ text: '' }));

/** Says something to those who hear the screen. */
export function announce(text: string): void {
  // A trailing space makes the same words a change, which is spoken again.
  useAnnouncement.setState((before) => ({ text: before.text === text ? `${text}\u00a0` : text }));
}

export function Announcer() {
  return (
    <p className={styles.heard} role="status" aria-live="polite">
      {useAnnouncement((state) => state.text)}
    </p>
  );
}
