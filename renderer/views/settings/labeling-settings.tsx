import type { Settings } from '../../../core/contract/calls.ts';
import { metadataLabels, type MetadataLabel } from '../../../core/contract/entities.ts';
import { NumberField } from '../../components/fields.tsx';
import { Checkbox, SegmentedControl, Switch } from '../../components/toggles.tsx';
import { changeSettings } from '../../stores/session.ts';
import { Row, Section } from './rows.tsx';
import styles from './settings.module.css';

type Labeling = Settings['labeling'];

const ORDERS: readonly { readonly id: Labeling['order']; readonly label: string }[] = [
  { id: 'random', label: 'Random' },
  { id: 'uncertainty', label: 'Most uncertain first' },
];

export function LabelingSettings({ labeling }: { readonly labeling: Labeling }) {
  const change = (part: Partial<Labeling>) => void changeSettings({ labeling: { ...labeling, ...part } });
  return (
    <Section title="Labeling">
      <Row title="Overall quality" description="Rate each completion from 1 to 7 before ranking them all.">
        <Switch isSelected={labeling.likert} onChange={(likert) => change({ likert })} hideLabel>
          Overall quality
        </Switch>
      </Row>
      <MetadataLabels
        chosen={labeling.metadataLabels}
        onChange={(labels) => change({ metadataLabels: labels })}
      />
      <Row title="Order of the queue" description="By uncertainty needs items scored with a reward model.">
        <SegmentedControl
          label="Order of the queue"
          items={ORDERS}
          value={labeling.order}
          onChange={(order) => change({ order })}
        />
      </Row>
      <Row
        title="Overlap between labelers"
        description="Share of the items of one labeler that another is asked too; it measures their agreement."
      >
        <Share
          label="Overlap between labelers"
          value={labeling.overlap}
          onChange={(overlap) => change({ overlap })}
        />
      </Row>
      <Row
        title="Silent re-asks"
        description="Share of a labeler's own items that come again, unannounced; it measures self-agreement."
      >
        <Share label="Silent re-asks" value={labeling.reask} onChange={(reask) => change({ reask })} />
      </Row>
      <Row
        title="Start from a model's answer"
        description="Offers a sampled answer to begin a demonstration from. Off, since it leads the labeler."
      >
        <Switch
          isSelected={labeling.startFromModel}
          onChange={(startFromModel) => change({ startFromModel })}
          hideLabel
        >
          Start from a model&apos;s answer
        </Switch>
      </Row>
    </Section>
  );
}

interface MetadataLabelsProps {
  readonly chosen: readonly MetadataLabel[];
  readonly onChange: (chosen: MetadataLabel[]) => void;
}

function MetadataLabels({ chosen, onChange }: MetadataLabelsProps) {
  const all = Object.keys(metadataLabels) as MetadataLabel[];
  return (
    <div className={styles.labels} role="group" aria-labelledby="metadata-labels">
      <span id="metadata-labels">Questions about each completion</span>
      <p>Answered yes or no; from table 3 of the InstructGPT paper.</p>
      <ul>
        {all.map((label) => (
          <li key={label}>
            <Checkbox
              isSelected={chosen.includes(label)}
              onChange={(shown) =>
                onChange(all.filter((other) => (other === label ? shown : chosen.includes(other))))
              }
            >
              {metadataLabels[label]}
            </Checkbox>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface ShareProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (share: number) => void;
}

function Share({ label, value, onChange }: ShareProps) {
  return (
    <div className={styles.number}>
      <NumberField
        label={label}
        hideLabel
        value={value}
        minValue={0}
        maxValue={1}
        step={0.01}
        formatOptions={{ style: 'percent' }}
        onChange={(next) => Number.isFinite(next) && onChange(next)}
      />
    </div>
  );
}
