import { Check, ChevronsUpDown, User, UserPlus } from 'lucide-react';
import { Button } from 'react-aria-components';
import { classes } from '../components/classes.ts';
import { Menu } from '../components/menu.tsx';
import { chooseLabeler, useLabeler } from '../stores/session.ts';
import { goTo } from '../stores/ui.ts';
import { useCall } from '../stores/use-call.ts';
import { initialOf } from './project-switcher.tsx';
import styles from './sidebar.module.css';

/** Who is labeling in this window. */
export function LabelerSwitcher() {
  const labeler = useLabeler();
  const labelers = useCall('labelers.list', {}).data ?? [];
  const name = labeler?.name ?? 'Choose a labeler';
  return (
    <Menu
      label="Who is labeling"
      trigger={
        <Button className={styles.switcher!} aria-label={`Labeling: ${name}`}>
          <span
            className={classes(styles.mark, styles.person)}
            data-initial={labeler ? initialOf(name) : '?'}
            aria-hidden
          />
          <span className={styles.words}>{name}</span>
          <ChevronsUpDown size={13} className={styles.chevron} aria-hidden />
        </Button>
      }
      items={[
        ...labelers.map(({ id, name, heldOut }) => ({
          id: String(id),
          label: name,
          icon: id === labeler?.id ? Check : User,
          ...(heldOut && { description: 'Held out of training' }),
          onAction: () => void chooseLabeler(id),
        })),
        { id: 'manage', label: 'Add or change labelers', icon: UserPlus, onAction: () => goTo('labelers') },
      ]}
    />
  );
}
