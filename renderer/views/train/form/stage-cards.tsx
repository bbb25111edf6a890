import { Label, Radio, RadioGroup, Text } from 'react-aria-components';
import type { AlgorithmName } from '../../../../core/contract/algorithms.ts';
import { stageNames, stages } from '../train-names.ts';
import styles from './new-run.module.css';

interface StageCardsProps {
  readonly value: AlgorithmName;
  readonly onChange: (algorithm: AlgorithmName) => void;
}

export function StageCards({ value, onChange }: StageCardsProps) {
  return (
    <RadioGroup
      className={styles.stages!}
      orientation="horizontal"
      value={value}
      onChange={(chosen) => onChange(stages.find(({ id }) => id === chosen)!.id)}
    >
      <Label className={styles.heard}>Stage</Label>
      {stages.map(({ id, what }) => (
        <Radio key={id} value={id} aria-label={stageNames[id]} className={styles.stage!}>
          <b>{stageNames[id]}</b>
          <Text slot="description">{what}</Text>
        </Radio>
      ))}
    </RadioGroup>
  );
}
