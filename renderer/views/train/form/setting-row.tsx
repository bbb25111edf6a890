import { RotateCcw } from 'lucide-react';
import type { Setting } from '../../../../core/contract/settings.ts';
import { IconButton } from '../../../components/button.tsx';
import { classes } from '../../../components/classes.ts';
import { TextField } from '../../../components/fields.tsx';
import { Select } from '../../../components/select.tsx';
import { Switch } from '../../../components/toggles.tsx';
import { differs, showSetting, type SettingInput, type SettingValue } from './inputs.ts';
import styles from './settings-editor.module.css';

interface SettingRowProps {
  readonly name: string;
  readonly setting: Setting;
  readonly base: SettingValue;
  readonly input: SettingInput | undefined;
  readonly problem: string | undefined;
  readonly onChange: (input: SettingInput | undefined) => void;
}

/** One setting: its name, what it means and where its value comes from on the left, its control on the right. */
export function SettingRow({ name, setting, base, input, problem, onChange }: SettingRowProps) {
  const isChanged = input !== undefined && differs(setting, input, base);
  return (
    <div className={classes(styles.row, isChanged && styles.changed)}>
      <div className={styles.words}>
        <code>{name}</code>
        <p>
          {setting.what} <small>{setting.source}</small>
        </p>
      </div>
      <div className={styles.control}>
        <Control
          name={name}
          setting={setting}
          value={input ?? showSetting(base)}
          problem={problem}
          onChange={onChange}
        />
        {problem !== undefined && !isTyped(setting) && <p className={styles.problem}>{problem}</p>}
      </div>
      <div className={styles.reset}>
        {isChanged && (
          <IconButton
            label={`Back to ${String(showSetting(base))}`}
            icon={RotateCcw}
            size="sm"
            onPress={() => onChange(undefined)}
          />
        )}
      </div>
    </div>
  );
}

/** Text fields show what is wrong with them themselves. */
const isTyped = ({ kind }: Setting): boolean => kind === 'number' || kind === 'integer';

interface ControlProps {
  readonly name: string;
  readonly setting: Setting;
  readonly value: SettingInput;
  readonly problem: string | undefined;
  readonly onChange: (input: SettingInput) => void;
}

function Control({ name, setting, value, problem, onChange }: ControlProps) {
  if (setting.kind === 'switch')
    return (
      <Switch hideLabel isSelected={value === true} onChange={onChange}>
        {name}
      </Switch>
    );
  if (setting.kind === 'choice')
    return (
      <Select
        label={name}
        hideLabel
        items={setting.choices.map((id) => ({ id, label: id }))}
        value={String(value)}
        onChange={onChange}
      />
    );
  return (
    <TextField
      label={name}
      hideLabel
      value={String(value)}
      onChange={onChange}
      errorMessage={problem}
      autoComplete="off"
    />
  );
}
