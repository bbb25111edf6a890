import { Label, Slider as AriaSlider, SliderThumb, SliderTrack } from 'react-aria-components';
import styles from './slider.module.css';

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min?: number;
  readonly max: number;
  readonly step: number;
  readonly onChange: (value: number) => void;
}

/** A value between two others, with its name before it and the number after it. */
export function Slider({ label, value, min = 0, max, step, onChange }: SliderProps) {
  return (
    <AriaSlider
      className={styles.slider!}
      value={value}
      minValue={min}
      maxValue={max}
      step={step}
      onChange={(value) => onChange(value)}
    >
      <Label className={styles.label}>{label}</Label>
      <SliderTrack className={styles.track!}>
        {({ state }) => (
          <>
            <span className={styles.fill} style={{ width: `${100 * state.getThumbPercent(0)}%` }} />
            <SliderThumb className={styles.thumb!} />
          </>
        )}
      </SliderTrack>
      <output className={styles.value}>{value}</output>
    </AriaSlider>
  );
}
