import type { Settings } from '../../../core/contract/calls.ts';
import { NumberField } from '../../components/fields.tsx';
import { Select } from '../../components/select.tsx';
import { changeSettings } from '../../stores/session.ts';
import { useDevices } from '../../stores/devices.ts';
import { DeviceList } from './device-list.tsx';
import { Row, Section } from './rows.tsx';
import styles from './settings.module.css';

const DEVICES: readonly { readonly id: Settings['device']; readonly label: string }[] = [
  { id: 'auto', label: 'Automatic' },
  { id: 'cpu', label: 'Processor (CPU)' },
  { id: 'webgpu', label: 'Graphics processor (WebGPU)' },
  { id: 'cuda', label: 'NVIDIA (CUDA)' },
  { id: 'tensorflow', label: 'NVIDIA (TensorFlow)' },
];

export function ComputeSettings({ settings }: { readonly settings: Settings }) {
  const { devices } = useDevices();
  return (
    <Section title="Compute">
      <Row title="Device" description={devices?.because ?? 'What samples and trains.'}>
        <div className={styles.device}>
          <Select
            label="Device"
            hideLabel
            items={DEVICES}
            value={settings.device}
            onChange={(device) => void changeSettings({ device })}
          />
        </div>
      </Row>
      <DeviceList />
      <Row title="Threads" description="How many the trainer computes with; 0 takes every core.">
        <Count
          label="Threads"
          value={settings.threads}
          most={1024}
          onChange={(threads) => void changeSettings({ threads })}
        />
      </Row>
      <Row title="Memory" description="Most gigabytes the trainer may take; 0 sets no limit.">
        <Count
          label="Memory in gigabytes"
          value={settings.memoryGigabytes}
          most={100_000}
          onChange={(memoryGigabytes) => void changeSettings({ memoryGigabytes })}
        />
      </Row>
    </Section>
  );
}

interface CountProps {
  readonly label: string;
  readonly value: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
}

function Count({ label, value, most, onChange }: CountProps) {
  return (
    <div className={styles.number}>
      <NumberField
        label={label}
        hideLabel
        value={value}
        minValue={0}
        maxValue={most}
        onChange={(next) => Number.isFinite(next) && onChange(next)}
      />
    </div>
  );
}
