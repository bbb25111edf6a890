import { useId, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { TextField } from '../../components/fields.tsx';

interface NameDialogProps {
  readonly title: string;
  readonly confirmLabel: string;
  readonly isOpen: boolean;
  readonly initial: string;
  /** Gives whether it is saved; the dialog stays where it is not. */
  readonly onSave: (name: string) => Promise<boolean>;
  readonly onClose: () => void;
}

export function NameDialog(props: NameDialogProps) {
  return props.isOpen && <OpenNameDialog {...props} />;
}

function OpenNameDialog({ title, confirmLabel, initial, onSave, onClose }: NameDialogProps) {
  const form = useId();
  const [name, setName] = useState(initial);
  const save = async () => {
    if (await onSave(name.trim())) onClose();
  };
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      width="sm"
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" isDisabled={name.trim() === ''}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField label="Name" value={name} onChange={setName} autoFocus maxLength={200} />
      </form>
    </Dialog>
  );
}
