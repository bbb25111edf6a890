import type { CallOutput } from '../../../core/contract/calls.ts';
import { useCases } from '../../../core/contract/entities.ts';
import { NumberField, SearchField, type NumberFieldProps } from '../../components/fields.tsx';
import { Select } from '../../components/select.tsx';
import { Checkbox } from '../../components/toggles.tsx';
import { splitItems, useCaseNames } from '../prompts/names.ts';
import { completionsOf, type SampleRequest } from './sample-request.ts';
import styles from './sample-form.module.css';

interface SampleFormProps {
  readonly request: SampleRequest;
  readonly onChange: (change: Partial<SampleRequest>) => void;
  readonly models: CallOutput<'models.list'>;
  /** Prompts that fit the filter. */
  readonly matching: number | undefined;
  readonly problem: string | null;
}

export function SampleForm(props: SampleFormProps) {
  const { request, onChange, matching, problem } = props;
  return (
    <div className={styles.form}>
      <Models {...props} />
      <PromptChoice {...props} />
      <div className={styles.numbers}>
        {NUMBERS.map(({ field, ...rest }) => (
          <NumberField
            key={field}
            {...rest}
            value={request[field]}
            onChange={(value) => Number.isFinite(value) && onChange({ [field]: value })}
          />
        ))}
      </div>
      <p className={styles.summary} role="status">
        {problem ??
          (matching === undefined
            ? ''
            : `${completionsOf(request, matching).toLocaleString()} completions for ${Math.min(request.prompts, matching).toLocaleString()} of ${matching.toLocaleString()} prompts.`)}
      </p>
    </div>
  );
}

type NumberName = 'prompts' | 'completions' | 'temperature' | 'topP' | 'maxTokens' | 'seed';
const whole = { maximumFractionDigits: 0, useGrouping: false };

const NUMBERS: readonly ({ readonly field: NumberName } & Omit<NumberFieldProps, 'value' | 'onChange'>)[] = [
  { field: 'prompts', label: 'Prompts', minValue: 1, maxValue: 100_000, formatOptions: whole },
  { field: 'completions', label: 'Completions of each', minValue: 2, maxValue: 9, formatOptions: whole },
  { field: 'maxTokens', label: 'Most tokens', minValue: 1, maxValue: 100_000, formatOptions: whole },
  { field: 'temperature', label: 'Temperature', minValue: 0, maxValue: 100, step: 0.1 },
  { field: 'topP', label: 'Top-p', minValue: 0.01, maxValue: 1, step: 0.01 },
  { field: 'seed', label: 'Seed', minValue: 0, maxValue: 2 ** 31 - 1, formatOptions: whole },
];

function Models({ request, onChange, models }: SampleFormProps) {
  const toggle = (path: string, on: boolean) =>
    onChange({
      models: on ? [...request.models, path] : request.models.filter((other) => other !== path),
    });
  return (
    <fieldset className={styles.models}>
      <legend>Models</legend>
      {models.length === 0 && <p>This project has no language model yet.</p>}
      {models.map(({ path, name, context }) => (
        <Checkbox
          key={path}
          isSelected={request.models.includes(path)}
          onChange={(on) => toggle(path, on)}
          isDisabled={request.models.length === 9 && !request.models.includes(path)}
        >
          {name} <small>{context.toLocaleString()} tokens of context</small>
        </Checkbox>
      ))}
    </fieldset>
  );
}

const ANY = 'any';
const SPLITS = [{ id: ANY, label: 'Any split' } as const, ...splitItems];
const USE_CASES = [
  { id: ANY, label: 'Any use case' } as const,
  ...useCases.map((id) => ({ id, label: useCaseNames[id] })),
];

function PromptChoice({ request: { filter }, onChange }: SampleFormProps) {
  const { search = '', splits: [split = ANY] = [], useCases: [useCase = ANY] = [] } = filter;
  const narrow = (change: object) => onChange({ filter: { ...filter, ...change } });
  return (
    <div className={styles.prompts}>
      <SearchField
        label="Prompts that contain"
        value={search}
        onChange={(search) => narrow({ search: search || undefined })}
      />
      <Select
        label="Split"
        hideLabel
        items={SPLITS}
        value={split}
        onChange={(split) => narrow({ splits: split === ANY ? undefined : [split] })}
      />
      <Select
        label="Use case"
        hideLabel
        items={USE_CASES}
        value={useCase ?? ANY}
        onChange={(useCase) => narrow({ useCases: useCase === ANY ? undefined : [useCase] })}
      />
    </div>
  );
}
