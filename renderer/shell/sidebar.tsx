import { Link } from 'react-aria-components';
import { Tooltip } from '../components/button.tsx';
import { classes } from '../components/classes.ts';
import { useKeyOf } from '../shortcuts/commands.ts';
import { useProject } from '../stores/session.ts';
import { useUi } from '../stores/ui.ts';
import { LabelerSwitcher } from './labeler-switcher.tsx';
import { ProjectSwitcher } from './project-switcher.tsx';
import { screens, type Screen } from './screens.ts';
import styles from './sidebar.module.css';

export function Sidebar() {
  const project = useProject();
  return (
    <div className={styles.sidebar}>
      <div className={styles.switchers}>
        <ProjectSwitcher />
        {project && <LabelerSwitcher />}
      </div>
      <nav aria-label="Screens">
        <ul className={styles.screens}>
          {screens.map((screen) => (
            <li key={screen.id}>
              <ScreenLink screen={screen} />
            </li>
          ))}
        </ul>
      </nav>
    </div>
  );
}

function ScreenLink({ screen: { id, title, icon: Icon } }: { readonly screen: Screen }) {
  const isCurrent = useUi((state) => state.screen === id);
  const combo = useKeyOf(`go.${id}`);
  return (
    <Tooltip text={title} combo={combo} placement="right">
      <Link
        href={`#/${id}`}
        className={classes(styles.link, isCurrent && styles.current)}
        {...(isCurrent && { 'aria-current': 'page' as const })}
      >
        <Icon size={16} aria-hidden />
        <span className={styles.words}>{title}</span>
      </Link>
    </Tooltip>
  );
}
