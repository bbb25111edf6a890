import { Plus, X } from 'lucide-react';
import { nativeDialogs } from '../../../client/index.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { TextField } from '../../../components/fields.tsx';
import styles from './new-run.module.css';

interface FilesFieldProps {
  readonly label: string;
  readonly paths: readonly string[];
  readonly onChange: (paths: readonly string[]) => void;
  readonly problem: string | undefined;
}

const extensions = ['txt', 'jsonl'];

/** Files on the workbench's machine: chosen where the system has a dialog for it, typed elsewhere. */
export function FilesField({ label, paths, onChange, problem }: FilesFieldProps) {
  const add = async () => {
    const path = nativeDialogs ? await nativeDialogs.chooseFile(extensions) : '';
    if (path !== null) onChange([...paths, path]);
  };
  return (
    <div className={styles.files} role="group" aria-label={label}>
      <span className={styles.label}>{label}</span>
      {paths.map((path, i) => (
        <div key={i} className={styles.file}>
          <TextField
            label={`${label}, file ${i + 1}`}
            hideLabel
            value={path}
            onChange={(typed) => onChange(paths.with(i, typed))}
            placeholder="/path/to/texts.txt"
            autoComplete="off"
          />
          <IconButton
            label={`Take away file ${i + 1}`}
            icon={X}
            size="sm"
            onPress={() => onChange(paths.toSpliced(i, 1))}
          />
        </div>
      ))}
      {problem !== undefined && <p className={styles.problem}>{problem}</p>}
      <Button size="sm" variant="quiet" icon={Plus} onPress={() => void add()}>
        Add a file
      </Button>
    </div>
  );
}
