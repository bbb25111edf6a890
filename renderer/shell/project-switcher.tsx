import { BookOpenText, ChevronsUpDown, FolderOpen, LogOut } from 'lucide-react';
import { Button } from 'react-aria-components';
import { classes } from '../components/classes.ts';
import { Menu } from '../components/menu.tsx';
import { useKeyOf } from '../shortcuts/commands.ts';
import { closeProject, useProject } from '../stores/session.ts';
import { goTo, openGuidelines } from '../stores/ui.ts';
import styles from './sidebar.module.css';

/** The open project, and what can be done with it as a whole. */
export function ProjectSwitcher() {
  const project = useProject();
  const guidelinesKey = useKeyOf('project.guidelines');
  const name = project?.name ?? 'No project';
  const leave = async () => {
    await closeProject();
    goTo('home');
  };
  return (
    <Menu
      label="Project"
      trigger={
        <Button className={styles.switcher!} aria-label={`Project: ${name}`}>
          <span className={styles.mark} data-initial={project ? initialOf(name) : '–'} aria-hidden />
          <span className={classes(styles.words, styles.strong)}>{name}</span>
          <ChevronsUpDown size={13} className={styles.chevron} aria-hidden />
        </Button>
      }
      items={[
        { id: 'other', label: 'Open another project', icon: FolderOpen, onAction: () => goTo('home') },
        ...(project
          ? [
              {
                id: 'guidelines',
                label: 'Guidelines',
                icon: BookOpenText,
                combo: guidelinesKey,
                onAction: openGuidelines,
              },
              { id: 'close', label: 'Close the project', icon: LogOut, onAction: () => void leave() },
            ]
          : []),
      ]}
    />
  );
}

export const initialOf = (name: string): string => (name.trim()[0] ?? '?').toUpperCase();
