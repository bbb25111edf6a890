import { useState, type SubmitEvent } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { TextField } from '../../components/fields.tsx';
import styles from './reason-dialog.module.css';

export type ReasonKind = 'skip' | 'flag';

const TEXTS = {
  skip: {
    title: 'Skip this item',
    verb: 'Skip',
    reasons: [
      'I do not know enough to judge',
      'The prompt is unclear',
      'The prompt is in a language I do not read',
      'It would take too long',
    ],
  },
  flag: {
    title: 'Flag this item',
    verb: 'Flag',
    reasons: [
      'Contains personal data',
      'Harmful or distressing',
      'Broken or cut off text',
      'A duplicate of another prompt',
    ],
  },
} as const;

interface ReasonDialogProps {
  readonly kind: ReasonKind | null;
  readonly onReason: (kind: ReasonKind, reason: string) => void;
  readonly onClose: () => void;
}

/** Asks why: one of the usual reasons, or another in words. */
export function ReasonDialog({ kind, onReason, onClose }: ReasonDialogProps) {
  const [other, setOther] = useState('');
  if (kind === null) return null;
  const { title, verb, reasons } = TEXTS[kind];
  const close = () => {
    setOther('');
    onClose();
  };
  const give = (reason: string) => {
    close();
    onReason(kind, reason);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (other.trim()) give(other.trim());
  };
  return (
    <Dialog title={title} isOpen onClose={close} width="sm">
      <ListBox
        aria-label="Reason"
        className={styles.reasons!}
        autoFocus="first"
        onAction={(reason) => give(String(reason))}
      >
        {reasons.map((reason) => (
          <ListBoxItem key={reason} id={reason} className={styles.reason!}>
            {reason}
          </ListBoxItem>
        ))}
      </ListBox>
      <form className={styles.other} onSubmit={submit}>
        <TextField label="Another reason" value={other} onChange={setOther} maxLength={200} />
        <Button type="submit" variant="primary" isDisabled={!other.trim()}>
          {verb}
        </Button>
      </form>
    </Dialog>
  );
}
