import { FileUp } from 'lucide-react';
import { DropZone, FileTrigger, type DropItem } from 'react-aria-components';
import { nativeDialogs } from '../../../client/index.ts';
import { Button } from '../../../components/button.tsx';
import { ProgressBar } from '../../../components/progress.tsx';
import type { ImportFlow, ImportState } from './import-flow.ts';
import { ImportProgress } from './import-progress.tsx';
import styles from './import.module.css';

const extensions = ['jsonl', 'json', 'csv', 'tsv', 'parquet'];

interface ChooseStepProps {
  readonly state: ImportState;
  readonly flow: ImportFlow;
}

export function ChooseStep({ state, flow }: ChooseStepProps) {
  if (state.busy === 'reading') return <Reading {...state} />;
  const drop = async (items: readonly DropItem[]) => {
    const file = items.find((item) => item.kind === 'file');
    if (file) await flow.readFile(await file.getFile());
  };
  return (
    <DropZone className={styles.drop!} aria-label="Drop a file" onDrop={({ items }) => void drop(items)}>
      <FileUp size={24} strokeWidth={1.75} aria-hidden />
      <p>Drop a file here, or choose one.</p>
      <ChooseButton flow={flow} />
      <p className={styles.hint}>
        JSONL, JSON, CSV or Parquet. Prompts alone, with completions, Alpaca, chats, preferences or ranked
        lists: the layout is recognised, and you see it before anything is imported.
      </p>
    </DropZone>
  );
}

function ChooseButton({ flow }: Pick<ChooseStepProps, 'flow'>) {
  if (nativeDialogs) {
    const choose = async () => {
      const path = await nativeDialogs?.chooseFile(extensions);
      if (path) await flow.readPath(path);
    };
    return (
      <Button variant="primary" onPress={() => void choose()}>
        Choose a file…
      </Button>
    );
  }
  const choose = (files: FileList | null) => {
    const file = files?.[0];
    if (file) void flow.readFile(file);
  };
  return (
    <FileTrigger acceptedFileTypes={extensions.map((extension) => `.${extension}`)} onSelect={choose}>
      <Button variant="primary">Choose a file…</Button>
    </FileTrigger>
  );
}

function Reading({ id, file, sent }: ImportState) {
  const sending = sent !== null && sent < 1;
  return (
    <div className={styles.drop}>
      <div className={styles.progress}>
        {sending ? (
          <ProgressBar label={`Sending ${file}`} value={sent} />
        ) : (
          <ImportProgress id={id} label={`Reading ${file}`} />
        )}
      </div>
    </div>
  );
}
