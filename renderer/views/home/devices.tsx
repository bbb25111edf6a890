import { Cpu, Gpu } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { Badge, ErrorMessage, Spinner } from '../../components/text.tsx';
import { factsOf, speedsOf, useDevices, type Device, type Devices as Found } from '../../stores/devices.ts';
import { goTo } from '../../stores/ui.ts';
import styles from './home.module.css';

/** What can compute here, which of it is used, and why. */
export function Devices() {
  const { devices, error } = useDevices();
  return (
    <section aria-labelledby="devices">
      <div className={styles.heading}>
        <h2 id="devices">Devices</h2>
        <Button variant="quiet" size="sm" onPress={() => goTo('settings')}>
          Choose another
        </Button>
      </div>
      {error && <ErrorMessage>{error}</ErrorMessage>}
      {!devices && !error && <Spinner label="Looking for devices…" />}
      {devices && <DeviceList {...devices} />}
    </section>
  );
}

function DeviceList({ all, used, because }: Found) {
  return (
    <>
      <ul className={styles.list}>
        {all.filter(isWorthAWord).map((device) => (
          <DeviceRow key={`${device.provider} ${device.name}`} device={device} isUsed={device === used} />
        ))}
      </ul>
      <p className={styles.because}>{because}</p>
    </>
  );
}

/** What is there, and WebGPU, which would be taken if it were; the settings list what there could be besides. */
const isWorthAWord = ({ usable, provider, driver }: Device): boolean =>
  usable || provider === 'webgpu' || driver !== null;

function DeviceRow({ device, isUsed }: { readonly device: Device; readonly isUsed: boolean }) {
  const { provider, name, usable, note, measured } = device;
  const facts = [note, factsOf(device), measured ? speedsOf(measured) : ''].filter((fact) => fact !== '');
  const Icon = provider === 'cpu' ? Cpu : Gpu;
  return (
    <li className={classes(styles.device, !usable && styles.missing)}>
      <Icon size={16} aria-hidden />
      <div className={styles.grow}>
        <span className={styles.name}>{name}</span>
        <p>{facts.join(' · ')}</p>
      </div>
      <span className={styles.provider}>{provider}</span>
      {isUsed ? (
        <Badge tone="success">in use</Badge>
      ) : (
        <Badge tone={usable ? 'neutral' : 'warning'}>{usable ? 'available' : 'not usable'}</Badge>
      )}
    </li>
  );
}
