import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Button, IconButton } from './button.tsx';
import { classes } from './classes.ts';
import styles from './dialog.module.css';

interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly width?: 'sm' | 'md' | 'lg' | 'xl';
  /** Buttons; the one that goes on comes last. */
  readonly footer?: ReactNode;
  readonly children: ReactNode;
  /** Keeps it open when the person presses outside, so that work in it is not lost. */
  readonly keepOpen?: boolean;
}

export function Dialog(props: DialogProps) {
  const { title, isOpen, onClose, width = 'md', footer, children, keepOpen = false } = props;
  return (
    <ModalOverlay
      className={styles.scrim!}
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable={!keepOpen}
    >
      <Modal className={classes(styles.modal, styles[width])}>
        <AriaDialog className={styles.dialog!}>
          <header className={styles.header}>
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <IconButton label="Close" icon={X} size="sm" onPress={onClose} />
          </header>
          <div className={styles.body}>{children}</div>
          {footer && <footer className={styles.footer}>{footer}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

interface ConfirmDialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  /** The verb of what will happen. */
  readonly confirmLabel: string;
  readonly danger?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function ConfirmDialog({
  title,
  isOpen,
  confirmLabel,
  danger = false,
  onConfirm,
  onClose,
  children,
}: ConfirmDialogProps) {
  const confirm = () => {
    onClose();
    onConfirm();
  };
  return (
    <ModalOverlay className={styles.scrim!} isOpen={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Modal className={classes(styles.modal, styles.sm)}>
        <AriaDialog className={styles.dialog!} role="alertdialog">
          <header className={styles.header}>
            <Heading slot="title" level={2}>
              {title}
            </Heading>
          </header>
          <div className={styles.body}>{children}</div>
          <footer className={styles.footer}>
            <Button onPress={onClose}>Cancel</Button>
            <Button variant={danger ? 'danger' : 'primary'} onPress={confirm} autoFocus>
              {confirmLabel}
            </Button>
          </footer>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
