import { useState } from 'react';
import { nativeDialogs } from '../../client/index.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { TextField } from '../../components/fields.tsx';
import { ErrorMessage } from '../../components/text.tsx';
import { call, messageOf } from '../../stores/connection.ts';
import { useSession, useSettings } from '../../stores/session.ts';
import { FolderDialog } from './folder-dialog.tsx';
import styles from './home.module.css';
import { folderOf } from './project-folder.ts';

interface NewProjectDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function NewProjectDialog(props: NewProjectDialogProps) {
  return props.isOpen && <OpenNewProjectDialog {...props} />;
}

function OpenNewProjectDialog({ onClose }: NewProjectDialogProps) {
  const [name, setName] = useState('');
  const [parent, setParent] = useState(useSettings()?.dataFolder ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  const [browsing, setBrowsing] = useState(false);
  const path = folderOf(parent, name);

  const create = async () => {
    try {
      useSession.setState({ project: await call('project.create', { path, name: name.trim() }) });
      onClose();
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  const browse = async () => {
    if (!nativeDialogs) return setBrowsing(true);
    setParent((await nativeDialogs.chooseFolder()) ?? parent);
  };
  return (
    <>
      <Dialog
        title="New project"
        isOpen
        onClose={onClose}
        keepOpen
        footer={
          <>
            <Button onPress={onClose}>Cancel</Button>
            <Button type="submit" form="new-project" variant="primary" isDisabled={name.trim() === ''}>
              Create
            </Button>
          </>
        }
      >
        <form
          id="new-project"
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            void create();
          }}
        >
          <TextField label="Name" value={name} onChange={setName} autoFocus placeholder="Helpful answers" />
          <div className={styles.location}>
            <TextField label="In the folder" value={parent} onChange={setParent} />
            <Button onPress={() => void browse()}>Choose…</Button>
          </div>
          {name.trim() !== '' && <p className={styles.result}>The project will be the folder {path}.</p>}
          {problem && <ErrorMessage>{problem}</ErrorMessage>}
        </form>
      </Dialog>
      <FolderDialog
        title="Where the project goes"
        isOpen={browsing}
        confirmLabel="Choose"
        onClose={() => setBrowsing(false)}
        onChoose={(folder) => {
          setParent(folder);
          setBrowsing(false);
        }}
      />
    </>
  );
}
