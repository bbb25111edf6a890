import { useId } from 'react';
import { NumberField, TextField } from '../../components/fields.tsx';
import { Select } from '../../components/select.tsx';
import { Checkbox, SegmentedControl, Switch } from '../../components/toggles.tsx';
import form from '../rank/sample-form.module.css';
import { modelItems, NO_MODEL, type Model } from '../sampling/models.ts';
import { SamplingFields, whole } from '../sampling/sampling-fields.tsx';
import styles from './evaluate.module.css';
import { MOST_MODELS, withBaseline, withToggled, type EvaluationRequest } from './new-evaluation.ts';

export interface FormChoices {
  readonly language: readonly Model[];
  readonly reward: readonly Model[];
  readonly hasSimulated: boolean;
}

interface EvaluationFormProps {
  readonly request: EvaluationRequest;
  readonly onChange: (change: Partial<EvaluationRequest>) => void;
  readonly choices: FormChoices;
}

const SPLITS = [
  { id: 'test', label: 'Test' },
  { id: 'validation', label: 'Validation' },
] as const;

export function EvaluationForm(props: EvaluationFormProps) {
  const { request, onChange, choices } = props;
  return (
    <div className={form.form}>
      <TextField label="Name" value={request.name} onChange={(name) => onChange({ name })} maxLength={200} />
      <Models {...props} />
      <div className={styles.prompts}>
        <SegmentedControl
          label="Held-out prompts"
          showLabel
          items={SPLITS}
          value={request.filter.splits?.[0] === 'validation' ? 'validation' : 'test'}
          onChange={(split) => onChange({ filter: { splits: [split] } })}
        />
        <NumberField
          label="How many"
          value={request.prompts}
          minValue={1}
          maxValue={100_000}
          formatOptions={whole}
          onChange={(prompts) => Number.isFinite(prompts) && onChange({ prompts })}
        />
      </div>
      <div className={styles.numbers}>
        <SamplingFields value={request} onChange={onChange} />
      </div>
      <Select
        label="Reward model, for the score and over-optimisation"
        items={[{ id: NO_MODEL, label: 'None' }, ...modelItems(choices.reward)]}
        value={request.rewardModel ?? NO_MODEL}
        onChange={(path) => onChange({ rewardModel: path === NO_MODEL ? null : path })}
      />
      {choices.hasSimulated && (
        <Switch
          isSelected={request.simulated}
          onChange={(simulated) => onChange({ simulated })}
          description="They know the starter’s prompts alone. Their judgements never train either; you can judge as well."
        >
          Let the simulated labelers judge
        </Switch>
      )}
    </div>
  );
}

/** The baseline, and what is compared with it. */
function Models({ request, onChange, choices: { language } }: EvaluationFormProps) {
  const [baseline, ...others] = request.models;
  const heading = useId();
  const isFull = request.models.length >= MOST_MODELS;
  return (
    <div className={styles.models}>
      <Select
        label="Baseline"
        items={modelItems(language)}
        value={baseline ?? null}
        onChange={(path) => onChange({ models: withBaseline(request.models, path) })}
      />
      <div className={styles.compared}>
        <span id={heading}>Compared with it</span>
        <div
          className={form.models}
          role="group"
          aria-labelledby={heading}
          // Without a baseline nothing in it can be chosen, but it can be scrolled.
          {...(baseline === undefined && { tabIndex: 0 })}
        >
          {language
            .filter(({ path }) => path !== baseline)
            .map(({ path, name }) => (
              <Checkbox
                key={path}
                isSelected={others.includes(path)}
                isDisabled={baseline === undefined || (isFull && !others.includes(path))}
                onChange={() => onChange({ models: withToggled(request.models, path) })}
              >
                {name}
              </Checkbox>
            ))}
          {language.length < 2 && <p>This project has one model only: train another first.</p>}
        </div>
      </div>
    </div>
  );
}
