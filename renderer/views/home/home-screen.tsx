import { FolderOpen, Plus } from 'lucide-react';
import { useState } from 'react';
import { nativeDialogs } from '../../client/index.ts';
import { Button } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { defineCommands, useCommands } from '../../shortcuts/commands.ts';
import { openProject, useProject } from '../../stores/session.ts';
import { useCall } from '../../stores/use-call.ts';
import { CurrentProject } from './current-project.tsx';
import { Devices } from './devices.tsx';
import { FolderDialog } from './folder-dialog.tsx';
import { NewProjectDialog } from './new-project-dialog.tsx';
import { RecentProjects } from './recent-projects.tsx';
import { StarterCard } from './starter-card.tsx';
import styles from './home.module.css';

defineCommands('home', {
  'home.new': { title: 'New project', key: 'KeyN' },
  'home.open': { title: 'Open a project', key: 'KeyO' },
});

export function HomeScreen() {
  const project = useProject();
  const recent = useCall('projects.recent', {});
  const [dialog, setDialog] = useState<'new' | 'open' | null>(null);
  const close = () => setDialog(null);
  const open = async (path: string) => {
    close();
    await openProject('project.open', { path });
  };
  const chooseToOpen = async () => {
    if (!nativeDialogs) return setDialog('open');
    const path = await nativeDialogs.chooseFolder();
    if (path !== null) await open(path);
  };
  useCommands({ 'home.new': () => setDialog('new'), 'home.open': () => void chooseToOpen() });
  return (
    <Page
      title={project ? project.name : 'Alignment Workbench'}
      description={
        project
          ? project.path
          : 'Collect prompts, write demonstrations, rank completions, and train on what you prefer. All of it on this machine.'
      }
      actions={
        <>
          <Button icon={FolderOpen} onPress={() => void chooseToOpen()}>
            Open…
          </Button>
          <Button icon={Plus} onPress={() => setDialog('new')}>
            New project
          </Button>
        </>
      }
    >
      <div className={styles.sections}>
        {project && <CurrentProject project={project} />}
        {!project?.starter && <StarterCard isFirst={!project} />}
        <RecentProjects reading={recent} onOpen={(path) => void open(path)} />
        <Devices />
      </div>
      <NewProjectDialog isOpen={dialog === 'new'} onClose={close} />
      <FolderDialog
        title="Open a project"
        isOpen={dialog === 'open'}
        projects
        confirmLabel="Open"
        onChoose={(path) => void open(path)}
        onClose={close}
      />
    </Page>
  );
}
