import { useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { NumberField } from '../../../components/fields.tsx';
import { ProportionBar } from '../../../components/progress.tsx';
import { perform } from '../../../stores/perform.ts';
import dialogs from '../dialogs.module.css';
import { counted } from '../names.ts';
import { changeMade } from '../prompts-store.ts';
import styles from './hygiene.module.css';

/** Deals the authors to the splits. */
export function SplitDialog({ onClose }: { readonly onClose: () => void }) {
  const [validation, setValidation] = useState(10);
  const [test, setTest] = useState(10);
  const [seed, setSeed] = useState(0);
  const [dealing, setDealing] = useState(false);
  const train = 100 - validation - test;
  const deal = async () => {
    setDealing(true);
    const input = { validation: validation / 100, test: test / 100, seed };
    const result = await perform('prompts.splitByAuthor', input);
    setDealing(false);
    if (!result) return;
    changeMade(result.change, `Split ${counted(result.count, 'prompt')} by author`);
    onClose();
  };
  return (
    <Dialog
      title="Split by author"
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={train < 0 || dealing} onPress={() => void deal()}>
            {dealing ? 'Splitting…' : 'Split'}
          </Button>
        </>
      }
    >
      <div className={dialogs.stack}>
        <p className={dialogs.muted}>
          Deals all prompts of an author to the same split, as in InstructGPT, so that validation and test
          hold people whom the model never saw. The same seed gives the same splits.
        </p>
        <div className={styles.numbers}>
          <Share label="Validation" value={validation} onChange={setValidation} />
          <Share label="Test" value={test} onChange={setTest} />
          <NumberField
            label="Seed"
            value={seed}
            onChange={(next) => setSeed(Number.isNaN(next) ? 0 : next)}
            minValue={0}
            formatOptions={{ useGrouping: false, maximumFractionDigits: 0 }}
          />
        </div>
        {train < 0 ? (
          <p role="alert" className={styles.problem}>
            Validation and test together are more than all prompts.
          </p>
        ) : (
          <ProportionBar
            label="Shares in percent"
            parts={[
              { id: 'train', label: 'Train', value: train, tone: 'accent' },
              { id: 'validation', label: 'Validation', value: validation, tone: 'success' },
              { id: 'test', label: 'Test', value: test, tone: 'neutral' },
            ]}
          />
        )}
      </div>
    </Dialog>
  );
}

interface ShareProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function Share({ label, value, onChange }: ShareProps) {
  return (
    <NumberField
      label={`${label}, %`}
      value={value}
      onChange={(next) => onChange(Number.isNaN(next) ? 0 : next)}
      minValue={0}
      maxValue={100}
    />
  );
}
