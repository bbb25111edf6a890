import { Gauge } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { Badge, ErrorMessage, Spinner } from '../../components/text.tsx';
import {
  factsOf,
  measureDevice,
  sentence,
  speedsOf,
  useDevices,
  useMeasuring,
  type Device,
} from '../../stores/devices.ts';
import styles from './settings.module.css';

const TITLES: Readonly<Record<Device['provider'], string>> = {
  webgpu: 'WebGPU',
  cuda: 'CUDA',
  tensorflow: 'TensorFlow',
  cpu: 'CPU',
};

/** Every device there could be: what it is, how fast it was when it was measured, or why it cannot be used. */
export function DeviceList() {
  const { devices, error } = useDevices();
  if (error !== undefined) return <ErrorMessage>{error}</ErrorMessage>;
  if (!devices)
    return (
      <div className={styles.row}>
        <Spinner label="Looking for devices…" />
      </div>
    );
  return devices.all.map((device) => (
    <DeviceRow key={device.provider} device={device} isUsed={device === devices.used} />
  ));
}

function DeviceRow({ device, isUsed }: { readonly device: Device; readonly isUsed: boolean }) {
  const { provider, name, usable, note, others, measured } = device;
  return (
    <div className={styles.row}>
      <div className={styles.words}>
        <span className={styles.deviceName}>
          {TITLES[provider]}: {name}
          {isUsed && <Badge tone="success">in use</Badge>}
          {!usable && <Badge tone="warning">not usable</Badge>}
        </span>
        {note !== 'usable' && <p>{sentence(note)}</p>}
        {usable && <p>{factsOf(device)}</p>}
        {others.length > 0 && <p>Also seen: {others.join(', ')}.</p>}
        {usable && measured && <Measured measured={measured} />}
      </div>
      {usable && <Measure device={device} />}
    </div>
  );
}

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

function Measured({ measured }: { readonly measured: NonNullable<Device['measured']> }) {
  return (
    <p title={`Matrices of ${measured.size}, in float32`}>
      {speedsOf(measured)} · measured {DAY.format(measured.at)}
    </p>
  );
}

function Measure({ device: { provider } }: { readonly device: Device }) {
  const underWay = useMeasuring((state) => state.underWay);
  // A button that stays keeps the focus.
  const isMeasured = underWay === provider;
  return (
    <div className={styles.control}>
      <Button
        size="sm"
        icon={Gauge}
        aria-label={`${isMeasured ? 'Measuring' : 'Measure'} ${TITLES[provider]}`}
        isPending={isMeasured}
        isDisabled={underWay !== null && !isMeasured}
        onPress={() => void measureDevice(provider)}
      >
        {isMeasured ? 'Measuring…' : 'Measure'}
      </Button>
    </div>
  );
}
