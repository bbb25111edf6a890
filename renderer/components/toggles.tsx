import { Check, Minus } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Checkbox as AriaCheckbox,
  Label,
  Radio,
  RadioGroup,
  Switch as AriaSwitch,
  type CheckboxProps as AriaCheckboxProps,
} from 'react-aria-components';
import { classes } from './classes.ts';
import styles from './toggles.module.css';

interface CheckboxProps extends Omit<AriaCheckboxProps, 'className' | 'style' | 'children'> {
  readonly children?: ReactNode;
}

export function Checkbox({ children, ...props }: CheckboxProps) {
  return (
    <AriaCheckbox {...props} className={styles.toggle!}>
      {({ isIndeterminate }) => (
        <>
          <span className={styles.box}>
            {isIndeterminate ? <Minus size={12} strokeWidth={3} /> : <Check size={12} strokeWidth={3} />}
          </span>
          {children && <span>{children}</span>}
        </>
      )}
    </AriaCheckbox>
  );
}

interface SwitchProps {
  readonly isSelected: boolean;
  readonly onChange: (isSelected: boolean) => void;
  readonly children: ReactNode;
  readonly description?: ReactNode;
  /** Shows the switch alone; its words stay its name. */
  readonly hideLabel?: boolean;
  readonly isDisabled?: boolean;
}

export function Switch({ children, description, hideLabel = false, ...props }: SwitchProps) {
  return (
    <AriaSwitch {...props} className={classes(styles.toggle, hideLabel && styles.bare)}>
      <span className={styles.track}>
        <span className={styles.thumb} />
      </span>
      <span className={styles.words}>
        {children}
        {description && <small>{description}</small>}
      </span>
    </AriaSwitch>
  );
}

interface SegmentedControlProps<Id extends string> {
  readonly label: string;
  readonly showLabel?: boolean;
  readonly items: readonly { readonly id: Id; readonly label: ReactNode }[];
  readonly value: Id;
  readonly onChange: (id: Id) => void;
}

/** One of two to five that exclude each other, all in sight. */
export function SegmentedControl<Id extends string>(props: SegmentedControlProps<Id>) {
  const { label, showLabel = false, items, value, onChange } = props;
  return (
    <RadioGroup
      {...(!showLabel && { 'aria-label': label })}
      className={styles.segmented!}
      orientation="horizontal"
      value={value}
      onChange={(id) => onChange(id as Id)}
    >
      {showLabel && <Label>{label}</Label>}
      <div className={styles.segments}>
        {items.map((item) => (
          <Radio key={item.id} value={item.id} className={styles.segment!}>
            {item.label}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
