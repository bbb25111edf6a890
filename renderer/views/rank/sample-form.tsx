import type { CallOutput } from '../../../core/contract/calls.ts';
import { useCases, type PromptFilter } from '../../../core/contract/entities.ts';
import { NumberField, SearchField } from '../../components/fields.tsx';
import { Select } from '../../components/select.tsx';
import { Checkbox } from '../../components/toggles.tsx';
import { splitItems, useCaseNames } from '../prompts/names.ts';
import { SamplingFields, whole } from '../sampling/sampling-fields.tsx';
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
            formatOptions={whole}
            value={request[field]}
            onChange={(value) => Number.isFinite(value) && onChange({ [field]: value })}
          />
        ))}
        <SamplingFields value={request} onChange={onChange} />
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

const NUMBERS = [
  { field: 'prompts', label: 'Prompts', minValue: 1, maxValue: 100_000 },
  { field: 'completions', label: 'Completions of each', minValue: 2, maxValue: 9 },
] as const;

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

interface PromptChoiceProps {
  readonly request: { readonly filter: PromptFilter };
  readonly onChange: (change: { filter: PromptFilter }) => void;
}

/** Which prompts there are to choose from. */
export function PromptChoice({ request: { filter }, onChange }: PromptChoiceProps) {
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
