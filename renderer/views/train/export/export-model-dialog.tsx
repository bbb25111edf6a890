import { useState } from 'react';
import type { CallInput, RunSummary } from '../../../../core/contract/calls.ts';
import { nativeDialogs } from '../../../client/index.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { TextField } from '../../../components/fields.tsx';
import { Select } from '../../../components/select.tsx';
import { SegmentedControl } from '../../../components/toggles.tsx';
import { perform } from '../../../stores/perform.ts';
import { useSettings } from '../../../stores/session.ts';
import { useCall } from '../../../stores/use-call.ts';
import { useTask } from '../../../stores/use-task.ts';
import { FolderDialog } from '../../home/folder-dialog.tsx';
import { folderOf } from '../../home/project-folder.ts';
import { modelsOfRun } from '../run/actions.ts';
import { ExportProgress } from './export-progress.tsx';
import styles from './export.module.css';

type Dtype = NonNullable<CallInput<'models.export'>['dtype']>;
type As = NonNullable<CallInput<'models.export'>['as']>;

const dtypes = [
  { id: 'float32', label: 'float32', description: 'As trained' },
  { id: 'bfloat16', label: 'bfloat16', description: 'Half the size, rounded to 8 bits' },
  { id: 'float16', label: 'float16', description: 'Half the size, rounded to 11 bits' },
] as const satisfies readonly { id: Dtype; label: string; description: string }[];

const forms = [
  { id: 'merged', label: 'Whole model' },
  { id: 'adapter', label: 'Adapter alone' },
] as const satisfies readonly { id: As; label: string }[];

interface ExportModelDialogProps {
  readonly run: RunSummary;
  /** The model to begin with; by default the newest that the run has made. */
  readonly model?: string;
  readonly onClose: () => void;
}

/** Writes a model of a run into a folder that transformers and PEFT read. */
export function ExportModelDialog({ run, model: wanted, onClose }: ExportModelDialogProps) {
  const models = modelsOfRun(run.path, useCall('models.list', {}).data ?? []);
  const [chosen, setChosen] = useState(wanted ?? null);
  const [as, setAs] = useState<As>('merged');
  const [dtype, setDtype] = useState<Dtype>('float32');
  const [parent, setParent] = useState(useSettings()?.dataFolder ?? '');
  const [name, setName] = useState(run.name);
  const [work, setWork] = useState<string | null>(null);
  const model = models.find(({ path }) => path === chosen) ?? models[0];
  const out = folderOf(parent, name);
  const { start, isRunning } = useTask(async () => {
    const form = model!.adapter ? as : 'merged';
    const started = await perform('models.export', { model: model!.path, out, as: form, dtype });
    if (started) setWork(started.work);
  });
  if (work !== null) return <ExportProgress work={work} out={out} onClose={onClose} />;
  const isFine = model !== undefined && name.trim() !== '' && parent.trim() !== '';
  return (
    <Dialog
      title={`Export ${run.name}`}
      isOpen
      keepOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={!isFine || isRunning} onPress={() => start()}>
            Export
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <p className={styles.muted}>
          Writes a folder that transformers reads, with the tokenizer and its chat template.
        </p>
        <Select
          label="Model"
          items={models.map(({ path, name }) => ({ id: path, label: name }))}
          value={model?.path ?? null}
          onChange={setChosen}
          placeholder="None yet: wait for the first checkpoint"
        />
        {model?.adapter === true && (
          <SegmentedControl label="What" items={forms} value={as} onChange={setAs} />
        )}
        <Select label="Numbers" items={dtypes} value={dtype} onChange={setDtype} />
        <TextField label="Name" value={name} onChange={setName} maxLength={100} />
        <Location parent={parent} onChange={setParent} />
        {isFine && <p className={styles.message}>The model will be the folder {out}.</p>}
      </div>
    </Dialog>
  );
}

interface LocationProps {
  readonly parent: string;
  readonly onChange: (parent: string) => void;
}

function Location({ parent, onChange }: LocationProps) {
  const [browsing, setBrowsing] = useState(false);
  const browse = async () => {
    if (!nativeDialogs) return setBrowsing(true);
    onChange((await nativeDialogs.chooseFolder()) ?? parent);
  };
  return (
    <div className={styles.location}>
      <TextField label="In the folder" value={parent} onChange={onChange} />
      <Button onPress={() => void browse()}>Choose…</Button>
      <FolderDialog
        title="Where the model goes"
        isOpen={browsing}
        confirmLabel="Choose"
        onClose={() => setBrowsing(false)}
        onChoose={(folder) => {
          onChange(folder);
          setBrowsing(false);
        }}
      />
    </div>
  );
}
