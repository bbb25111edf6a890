import { Folder, FolderX, X } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import type { CallOutput } from '../../../core/contract/calls.ts';
import { IconButton } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { Badge, ErrorMessage } from '../../components/text.tsx';
import { perform } from '../../stores/perform.ts';
import { useProject } from '../../stores/session.ts';
import type { Reading } from '../../stores/use-call.ts';
import { agoWords } from './ago.ts';
import styles from './home.module.css';

type Recent = CallOutput<'projects.recent'>;

interface RecentProjectsProps {
  readonly reading: Reading<Recent>;
  readonly onOpen: (path: string) => void;
}

export function RecentProjects({ reading, onOpen }: RecentProjectsProps) {
  const { data, error, reload } = reading;
  const forget = async (path: string) => {
    await perform('projects.forget', { path });
    reload();
  };
  return (
    <section aria-labelledby="recent">
      <h2 id="recent" className={styles.heading}>
        Recent projects
      </h2>
      {error && <ErrorMessage>{error}</ErrorMessage>}
      {data?.length === 0 && (
        <p className={styles.nothing}>None yet. Projects that you open or make are listed here.</p>
      )}
      {data && data.length > 0 && (
        <ul className={styles.list}>
          {data.map((project) => (
            <RecentProject
              key={project.path}
              project={project}
              onOpen={() => onOpen(project.path)}
              onForget={() => void forget(project.path)}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

interface RecentProjectProps {
  readonly project: Recent[number];
  readonly onOpen: () => void;
  readonly onForget: () => void;
}

function RecentProject({ project, onOpen, onForget }: RecentProjectProps) {
  const { path, name, openedAt, present } = project;
  const isOpen = useProject()?.path === path;
  const Icon = present ? Folder : FolderX;
  return (
    <li className={styles.recent}>
      <AriaButton
        className={classes(styles.recentOpen, !present && styles.missing)}
        onPress={onOpen}
        isDisabled={!present || isOpen}
      >
        <Icon size={16} aria-hidden />
        <span className={styles.name}>{name}</span>
        <span className={styles.path} title={path}>
          {path}
        </span>
        {isOpen ? <Badge tone="accent">open</Badge> : !present && <Badge tone="warning">not found</Badge>}
        <span className={styles.time}>{agoWords(openedAt, Date.now())}</span>
      </AriaButton>
      <IconButton label={`Remove ${name} from this list`} icon={X} size="sm" onPress={onForget} />
    </li>
  );
}
