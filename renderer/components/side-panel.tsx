import { X } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { IconButton } from './button.tsx';
import styles from './side-panel.module.css';

interface SidePanelProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly width?: number;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** Stands at the right of what it belongs to, which stays in use; Escape inside it closes it. */
export function SidePanel({ title, onClose, width = 320, actions, children }: SidePanelProps) {
  const heading = useId();
  return (
    <aside
      className={styles.panel}
      style={{ width }}
      aria-labelledby={heading}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <header className={styles.header}>
        <h2 id={heading}>{title}</h2>
        {actions}
        <IconButton label="Close" icon={X} size="sm" onPress={onClose} />
      </header>
      <div className={styles.body}>{children}</div>
    </aside>
  );
}
