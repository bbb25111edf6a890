import { algorithms } from '../../../../core/contract/algorithms.ts';
import { presetNames as presets } from '../../../../core/contract/settings.ts';
import { TextField } from '../../../components/fields.tsx';
import { Select } from '../../../components/select.tsx';
import { ErrorMessage } from '../../../components/text.tsx';
import { presetMeanings, presetNames } from '../train-names.ts';
import { DataFields } from './data-fields.tsx';
import { presetSettings, rewardModelUse, type Draft, type FieldsProps } from './draft.ts';
import { withInput, type SettingInput } from './inputs.ts';
import { MemoryPanel } from './memory-panel.tsx';
import { ModelField } from './model-field.tsx';
import styles from './new-run.module.css';
import { SettingsEditor } from './settings-editor.tsx';
import { StageCards } from './stage-cards.tsx';
import type { PlannedRun } from './use-memory.ts';

const PRESETS = presets.map((id) => ({ id, label: presetNames[id], description: presetMeanings[id] }));

/** Everything of a new run: what it is and what it learns from on the left, its settings on the right. */
export function RunFields(
  props: FieldsProps & {
    readonly planned: PlannedRun;
    readonly onStage: (algorithm: Draft['algorithm']) => void;
  },
) {
  const { draft, problems, planned, onChange, onStage } = props;
  const { algorithm, settings } = draft;
  const change = (name: string, input: SettingInput | undefined) =>
    onChange({ settings: withInput(settings, name, input) });
  return (
    <div className={styles.form}>
      <StageCards value={algorithm} onChange={onStage} />
      <div className={styles.columns}>
        <div className={styles.what}>
          <Elsewhere problems={problems} />
          <TextField
            label="Name"
            value={draft.name}
            onChange={(name) => onChange({ name })}
            errorMessage={problems['name']}
            maxLength={200}
            autoFocus
          />
          <Models {...props} />
          <DataFields {...props} />
          <Select
            label="Preset"
            items={PRESETS}
            value={draft.preset}
            onChange={(preset) => onChange({ preset })}
          />
          <p className={styles.note}>{presetMeanings[draft.preset]}.</p>
          <TextField
            label="Seed"
            value={draft.seed}
            onChange={(seed) => onChange({ seed })}
            errorMessage={problems['seed']}
            description="Equal seeds give equal runs, bit for bit, on one machine."
            autoComplete="off"
          />
          <MemoryPanel
            planned={planned}
            onChange={(inputs) => onChange({ settings: { ...settings, ...inputs } })}
          />
        </div>
        <SettingsEditor
          key={algorithm}
          table={algorithms[algorithm]}
          base={presetSettings(draft)}
          inputs={settings}
          problems={problemsOfSettings(problems)}
          onChange={change}
        />
      </div>
    </div>
  );
}

function Models({ draft, problems, onChange }: FieldsProps) {
  const use = rewardModelUse[draft.algorithm];
  return (
    <>
      <ModelField
        label={draft.algorithm === 'ppo' ? 'Policy to begin from' : 'Model to begin from'}
        head="language"
        value={draft.model}
        onChange={(model) => onChange({ model })}
        problem={problems['model']}
      />
      {use !== 'none' && (
        <ModelField
          label={use === 'optional' ? 'Reward model that chooses among epochs (optional)' : 'Reward model'}
          head="scalar"
          isOptional={use === 'optional'}
          value={draft.rewardModel}
          onChange={(rewardModel) => onChange({ rewardModel })}
          problem={problems['rewardModel']}
        />
      )}
    </>
  );
}

const SETTING = 'settings.';

const problemsOfSettings = (problems: FieldsProps['problems']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(problems)
      .filter(([field]) => field.startsWith(SETTING))
      .map(([field, message]) => [field.slice(SETTING.length), message]),
  );

/** What is wrong with something that has no field of its own. */
function Elsewhere({ problems }: Pick<FieldsProps, 'problems'>) {
  const known = /^(settings|data)\.|^(name|model|rewardModel|snapshot|seed)$/;
  const others = Object.entries(problems).filter(([field]) => !known.test(field));
  return others.map(([field, message]) => <ErrorMessage key={field}>{message}</ErrorMessage>);
}
