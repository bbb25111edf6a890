import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { ProgressBar } from '../../../components/progress.tsx';
import { ErrorMessage } from '../../../components/text.tsx';
import { isUnderWay, stopWork, useWorkById } from '../../../stores/work.ts';
import styles from './export.module.css';

interface ExportProgressProps {
  readonly work: string;
  readonly out: string;
  readonly onClose: () => void;
}

/** How far an export is, and what came of it. It goes on where this is closed. */
export function ExportProgress({ work: id, out, onClose }: ExportProgressProps) {
  const work = useWorkById(id);
  const underWay = !work || isUnderWay(work);
  return (
    <Dialog
      title={work?.state === 'done' ? 'Exported' : 'Export'}
      isOpen
      onClose={onClose}
      footer={
        <>
          {underWay ? (
            <Button onPress={() => stopWork(id)}>Stop</Button>
          ) : (
            work.state === 'done' && <CopyPath path={out} />
          )}
          <Button variant="primary" onPress={onClose}>
            {underWay ? 'Hide' : 'Done'}
          </Button>
        </>
      }
    >
      {underWay ? (
        <ProgressBar
          label={`Writing ${out}`}
          value={work && work.total > 0 ? work.done / work.total : null}
        />
      ) : work.state === 'failed' ? (
        <ErrorMessage>{work.message}</ErrorMessage>
      ) : (
        <p className={styles.message}>{work.message}</p>
      )}
    </Dialog>
  );
}

function CopyPath({ path }: { readonly path: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(path).then(() => setCopied(true));
  return (
    <Button icon={copied ? Check : Copy} onPress={copy}>
      {copied ? 'Copied' : 'Copy path'}
    </Button>
  );
}
