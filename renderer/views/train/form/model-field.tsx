import { useState } from 'react';
import type { ModelFolder } from '../../../../core/contract/calls.ts';
import { nativeDialogs } from '../../../client/index.ts';
import { Button } from '../../../components/button.tsx';
import { Select } from '../../../components/select.tsx';
import { perform } from '../../../stores/perform.ts';
import { useCall } from '../../../stores/use-call.ts';
import { FolderDialog } from '../../home/folder-dialog.tsx';
import { modelName } from '../run/state-sentence.ts';
import styles from './new-run.module.css';

interface ModelFieldProps {
  readonly label: string;
  readonly head: ModelFolder['head'];
  readonly isOptional?: boolean;
  readonly value: string | null;
  readonly onChange: (path: string | null) => void;
  readonly problem: string | undefined;
}

const NONE = '';

/** A model of the project, or a folder from elsewhere. */
export function ModelField({ label, head, isOptional = false, value, onChange, problem }: ModelFieldProps) {
  const models = useCall('models.list', {}).data ?? [];
  const items = models
    .filter((model) => model.head === head || model.path === value)
    .map(({ path, name, context }) => ({
      id: path,
      label: name,
      description: `${context.toLocaleString('en')} tokens of context`,
    }));
  const isListed = value === null || items.some(({ id }) => id === value);
  return (
    <div className={styles.withButton}>
      <Select
        label={label}
        items={[
          ...(isOptional ? [{ id: NONE, label: 'None' }] : []),
          ...items,
          ...(isListed ? [] : [{ id: value, label: modelName(value), description: value }]),
        ]}
        value={value ?? (isOptional ? NONE : null)}
        onChange={(path) => onChange(path === NONE ? null : path)}
        placeholder={head === 'scalar' && items.length === 0 ? 'None yet: train one first' : 'Choose a model'}
      />
      <OtherFolder onChoose={onChange} />
      {problem !== undefined && <p className={styles.problem}>{problem}</p>}
    </div>
  );
}

/** Adds a folder to the models and chooses it. */
function OtherFolder({ onChoose }: { readonly onChoose: (path: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  const add = async (path: string | null) => {
    setOpen(false);
    const model = path === null ? undefined : await perform('models.add', { path });
    if (model) onChoose(model.path);
  };
  const choose = () => (nativeDialogs ? void nativeDialogs.chooseFolder().then(add) : setOpen(true));
  return (
    <>
      <Button onPress={choose}>Other…</Button>
      <FolderDialog
        title="Add a model folder"
        isOpen={isOpen}
        confirmLabel="Add"
        onChoose={(path) => void add(path)}
        onClose={() => setOpen(false)}
      />
    </>
  );
}
