import { useState } from 'react';
import type { SettingsTable } from '../../../../core/contract/settings.ts';
import { SearchField } from '../../../components/fields.tsx';
import { Disclosure } from './disclosure.tsx';
import { differs, type SettingInput, type SettingInputs, type SettingValues } from './inputs.ts';
import { SettingRow } from './setting-row.tsx';
import { ADVANCED, groupsOf, searchedGroups, type SettingGroup } from './setting-groups.ts';
import styles from './settings-editor.module.css';

interface SettingsEditorProps {
  readonly table: SettingsTable;
  /** What each is unless it is changed. */
  readonly base: SettingValues;
  /** Those that were touched. */
  readonly inputs: SettingInputs;
  /** By name. */
  readonly problems: Readonly<Record<string, string>>;
  /** undefined takes back what was typed. */
  readonly onChange: (name: string, input: SettingInput | undefined) => void;
}

/** What stands behind the letters in brackets. */
const SOURCES =
  '[P] InstructGPT, arXiv 2203.02155. [LHP] openai/lm-human-preferences. [SFF] openai/summarize-from-feedback. ' +
  '[N+] vwxyzjn/summarize_from_feedback_details. [TRL] huggingface/trl. ours: a choice that none of them makes.';

/** All settings of an algorithm with what they mean. */
export function SettingsEditor(props: SettingsEditorProps) {
  const { table, base, inputs } = props;
  const [search, setSearch] = useState('');
  const isSearching = search.trim() !== '';
  const groups = isSearching ? searchedGroups(table, search) : groupsOf(table);
  const changed = Object.entries(inputs).filter(([name, input]) => isChanged(props, name, input)).length;
  return (
    <div className={styles.editor}>
      <div className={styles.head}>
        <SearchField label="Search settings" value={search} onChange={setSearch} />
        <span className={styles.count} role="status">
          {changed > 0
            ? `${changed} of ${Object.keys(base).length} changed`
            : `${Object.keys(base).length} settings`}
        </span>
      </div>
      {groups.length === 0 && <p className={styles.count}>No setting has these words.</p>}
      {groups.map((group) => (
        <Group key={group.title} group={group} isSearching={isSearching} {...props} />
      ))}
      <p className={styles.sources}>{SOURCES}</p>
    </div>
  );
}

const isChanged = ({ table, base }: SettingsEditorProps, name: string, input: SettingInput): boolean =>
  table[name] !== undefined && differs(table[name], input, base[name]!);

interface GroupProps extends SettingsEditorProps {
  readonly group: SettingGroup;
  readonly isSearching: boolean;
}

function Group({ group, isSearching, ...props }: GroupProps) {
  const { table, base, inputs, problems, onChange } = props;
  const rows = group.names.map((name) => (
    <SettingRow
      key={name}
      name={name}
      setting={table[name]!}
      base={base[name]!}
      input={inputs[name]}
      problem={problems[name]}
      onChange={(input) => onChange(name, input)}
    />
  ));
  const needsSight = group.names.some((name) => problems[name] !== undefined);
  if (group.title === ADVANCED && !isSearching)
    return (
      <Disclosure title={`${ADVANCED} (${group.names.length})`} isForced={needsSight}>
        {rows}
      </Disclosure>
    );
  return (
    <section className={styles.group} aria-label={group.title}>
      <h3>{group.title}</h3>
      {rows}
    </section>
  );
}
