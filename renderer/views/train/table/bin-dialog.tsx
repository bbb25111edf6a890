import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { ConfirmDialog, Dialog } from '../../../components/dialog.tsx';
import { ErrorMessage } from '../../../components/text.tsx';
import { showToast } from '../../../components/toasts.tsx';
import { perform } from '../../../stores/perform.ts';
import { useCall } from '../../../stores/use-call.ts';
import { agoWords } from '../../home/ago.ts';
import { bytesWords } from '../figures.ts';
import { restore } from '../run/actions.ts';
import styles from './runs-table.module.css';

/** Runs that were removed: brought back, or gone for good. */
export function BinDialog({ onClose }: { readonly onClose: () => void }) {
  const { data: removed, error, reload } = useCall('runs.bin', {});
  const [isEmptying, setEmptying] = useState(false);
  const total = (removed ?? []).reduce((sum, { bytes }) => sum + bytes, 0);
  const empty = async () => {
    const freed = await perform('runs.emptyBin', {});
    if (freed) showToast({ title: `Freed ${bytesWords(freed.bytes)}` });
    reload();
  };
  return (
    <Dialog
      title="Removed runs"
      isOpen
      onClose={onClose}
      width="md"
      footer={
        <>
          {total > 0 && (
            <Button onPress={() => setEmptying(true)}>Empty the bin, {bytesWords(total)}…</Button>
          )}
          <Button variant="primary" onPress={onClose}>
            Done
          </Button>
        </>
      }
    >
      {error !== undefined && <ErrorMessage>{error}</ErrorMessage>}
      {removed?.length === 0 && (
        <p className={styles.muted}>Nothing is removed. Runs that you remove come here first.</p>
      )}
      <ul className={styles.bin}>
        {removed?.map(({ id, name, removedAt, bytes }) => (
          <li key={id}>
            <span>
              <b>{name}</b>
              <small>
                removed {agoWords(removedAt, Date.now())}, {bytesWords(bytes)}
              </small>
            </span>
            <Button size="sm" icon={RotateCcw} onPress={() => void restore([id]).then(reload)}>
              Restore
            </Button>
          </li>
        ))}
      </ul>
      <ConfirmDialog
        title="Empty the bin?"
        isOpen={isEmptying}
        confirmLabel="Empty it"
        danger
        onConfirm={() => void empty()}
        onClose={() => setEmptying(false)}
      >
        The runs in it are gone for good, with their checkpoints.
      </ConfirmDialog>
    </Dialog>
  );
}
