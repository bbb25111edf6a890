import { NumberField, type NumberFieldProps } from '../../components/fields.tsx';

/** How completions are sampled. */
export interface Sampling {
  readonly temperature: number;
  readonly topP: number;
  readonly maxTokens: number;
  readonly seed: number;
}

type Field = { readonly field: keyof Sampling } & Omit<NumberFieldProps, 'value' | 'onChange'>;

export const whole = { maximumFractionDigits: 0, useGrouping: false };

const FIELDS: readonly Field[] = [
  { field: 'maxTokens', label: 'Most tokens', minValue: 1, maxValue: 100_000, formatOptions: whole },
  { field: 'temperature', label: 'Temperature', minValue: 0, maxValue: 100, step: 0.1 },
  { field: 'topP', label: 'Top-p', minValue: 0.01, maxValue: 1, step: 0.01 },
  { field: 'seed', label: 'Seed', minValue: 0, maxValue: 2 ** 31 - 1, formatOptions: whole },
];

interface SamplingFieldsProps {
  readonly value: Sampling;
  readonly onChange: (change: Partial<Sampling>) => void;
  readonly without?: keyof Sampling;
}

export function SamplingFields({ value, onChange, without }: SamplingFieldsProps) {
  return FIELDS.filter(({ field }) => field !== without).map(({ field, ...rest }) => (
    <NumberField
      key={field}
      {...rest}
      value={value[field]}
      onChange={(next) => Number.isFinite(next) && onChange({ [field]: next })}
    />
  ));
}
