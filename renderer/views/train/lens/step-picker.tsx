import { ChevronLeft, ChevronRight, ChevronsRight } from 'lucide-react';
import { IconButton } from '../../../components/button.tsx';
import { useTrain } from '../train-store.ts';
import styles from './lens.module.css';

interface StepPickerProps {
  /** Steps whose rollouts are kept, in order. */
  readonly steps: Int32Array;
  readonly step: number;
  /** Whether it goes along with the newest. */
  readonly follows: boolean;
}

const goToStep = (step: number | null): void => useTrain.setState({ step });

export function StepPicker({ steps, step, follows }: StepPickerProps) {
  const at = steps.indexOf(step);
  const last = steps.length - 1;
  return (
    <div className={styles.steps} role="group" aria-label="Step">
      <IconButton
        label="Step before"
        icon={ChevronLeft}
        isDisabled={at <= 0}
        onPress={() => goToStep(steps[at - 1]!)}
      />
      <label className={styles.slider}>
        <span className={styles.unseen}>Step</span>
        <input
          type="range"
          min={0}
          max={last}
          value={at}
          aria-valuetext={`step ${step}`}
          onChange={(event) => goToStep(steps[Number(event.target.value)]!)}
        />
      </label>
      <IconButton
        label="Step after"
        icon={ChevronRight}
        isDisabled={at >= last}
        onPress={() => goToStep(steps[at + 1]!)}
      />
      <output className={styles.step}>Step {step}</output>
      <IconButton
        label={follows ? 'Follows the newest step' : 'Go to the newest step and follow'}
        icon={ChevronsRight}
        isActive={follows}
        onPress={() => goToStep(null)}
      />
    </div>
  );
}
