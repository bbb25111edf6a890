import { Slider, SliderThumb, SliderTrack } from 'react-aria-components';
import type { Answer } from './answers.ts';
import styles from './samples.module.css';

interface StepSliderProps {
  readonly answers: readonly Answer[];
  readonly place: number;
  readonly onPlace: (place: number) => void;
}

/** One notch an answer; its value is told as the step. */
export function StepSlider({ answers, place, onPlace }: StepSliderProps) {
  const last = answers.length - 1;
  if (last < 1) return null;
  return (
    <Slider
      aria-label="Answer at step"
      className={styles.slider!}
      minValue={0}
      maxValue={last}
      value={place}
      onChange={onPlace}
    >
      <span>{answers[0]!.step.toLocaleString('en')}</span>
      <SliderTrack className={styles.track!}>
        <SliderThumb
          className={styles.thumb!}
          aria-label={`Step ${answers[place]!.step.toLocaleString('en')}, answer`}
        />
      </SliderTrack>
      <span>{answers[last]!.step.toLocaleString('en')}</span>
    </Slider>
  );
}
