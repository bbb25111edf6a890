import { Cpu } from 'lucide-react';
import { Tooltip } from '../components/button.tsx';
import { classes } from '../components/classes.ts';
import { Button } from 'react-aria-components';
import { useConnection } from '../stores/connection.ts';
import { useDevices } from '../stores/devices.ts';
import { goTo } from '../stores/ui.ts';
import styles from './status-bar.module.css';
import { WorkStatus } from './work-status.tsx';

const CONNECTION_WORDS = { open: 'Connected', connecting: 'Connecting…', lost: 'Connection lost' };

export function StatusBar() {
  return (
    <footer className={styles.bar}>
      <ConnectionStatus />
      <DeviceStatus />
      <span className={styles.gap} />
      <WorkStatus />
    </footer>
  );
}

function ConnectionStatus() {
  const state = useConnection(({ state }) => state);
  return (
    <span className={styles.item} role="status">
      <span className={classes(styles.dot, styles[state])} aria-hidden />
      {CONNECTION_WORDS[state]}
    </span>
  );
}

function DeviceStatus() {
  const { devices } = useDevices();
  if (!devices) return null;
  return (
    <Tooltip text={devices.because}>
      <Button className={classes(styles.item, styles.press)} onPress={() => goTo('home')}>
        <Cpu size={13} aria-hidden />
        {devices.used?.name ?? 'No usable device'}
      </Button>
    </Tooltip>
  );
}
