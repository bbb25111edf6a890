import { CornerLeftUp, Folder, FolderDot } from 'lucide-react';
import { useState } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components';
import type { CallOutput } from '../../../core/contract/calls.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { TextField } from '../../components/fields.tsx';
import { Badge, ErrorMessage } from '../../components/text.tsx';
import { useCall } from '../../stores/use-call.ts';
import styles from './home.module.css';

interface FolderDialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly confirmLabel: string;
  /** Only folders of projects can be chosen. */
  readonly projects?: boolean;
  readonly onChoose: (path: string) => void;
  readonly onClose: () => void;
}

/** The host's folders, where the window has no dialog of the system. */
export function FolderDialog(props: FolderDialogProps) {
  return props.isOpen && <OpenFolderDialog {...props} />;
}

function OpenFolderDialog({ title, confirmLabel, projects = false, onChoose, onClose }: FolderDialogProps) {
  const [path, setPath] = useState<string>();
  const [selected, setSelected] = useState<string | null>(null);
  const { data, error } = useCall('app.folders', path === undefined ? {} : { path });
  const chosen = selected ?? (projects ? null : (data?.path ?? null));
  const enter = (to: string) => {
    setSelected(null);
    setPath(to);
  };
  const act = (folder: string) => {
    const isProject = data?.folders.find(({ path }) => path === folder)?.project ?? false;
    if (projects && isProject) onChoose(folder);
    else enter(folder);
  };
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      width="lg"
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={chosen === null} onPress={() => chosen && onChoose(chosen)}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      <Where key={data?.path ?? ''} path={data?.path ?? ''} parent={data?.parent ?? null} onEnter={enter} />
      {error && <ErrorMessage>{error}</ErrorMessage>}
      <Folders
        folders={(data?.folders ?? []).filter(({ name }) => !name.startsWith('.'))}
        onAct={act}
        onSelect={(folder) => {
          const isProject = data?.folders.find(({ path }) => path === folder)?.project ?? false;
          setSelected(folder && (isProject || !projects) ? folder : null);
        }}
      />
    </Dialog>
  );
}

interface WhereProps {
  readonly path: string;
  readonly parent: string | null;
  readonly onEnter: (path: string) => void;
}

function Where({ path, parent, onEnter }: WhereProps) {
  const [typed, setTyped] = useState(path);
  return (
    <form
      className={styles.where}
      onSubmit={(event) => {
        event.preventDefault();
        onEnter(typed);
      }}
    >
      <IconButton
        label="Up one folder"
        icon={CornerLeftUp}
        isDisabled={parent === null}
        onPress={() => parent !== null && onEnter(parent)}
      />
      <TextField label="Folder" hideLabel value={typed} onChange={setTyped} />
    </form>
  );
}

interface FoldersProps {
  readonly folders: CallOutput<'app.folders'>['folders'];
  readonly onAct: (path: string) => void;
  readonly onSelect: (path: string | null) => void;
}

/** One press selects, two or Enter go in. */
function Folders({ folders, onAct, onSelect }: FoldersProps) {
  return (
    <ListBox
      aria-label="Folders"
      className={styles.folders!}
      items={folders}
      selectionMode="single"
      selectionBehavior="replace"
      onSelectionChange={(keys) => onSelect(keys === 'all' ? null : String([...keys][0] ?? '') || null)}
      onAction={(key) => onAct(String(key))}
      renderEmptyState={() => <p className={styles.folder}>No folders in here.</p>}
    >
      {({ name, path, project }) => (
        <ListBoxItem id={path} textValue={name} className={styles.folder!}>
          {project ? <FolderDot size={16} aria-hidden /> : <Folder size={16} aria-hidden />}
          <span className={styles.grow}>{name}</span>
          {project && <Badge tone="accent">project</Badge>}
        </ListBoxItem>
      )}
    </ListBox>
  );
}
