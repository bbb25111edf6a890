import { useMemo } from 'react';
import type { ImportLayout } from '../../../../core/contract/calls.ts';
import { Select } from '../../../components/select.tsx';
import { kindItems, NONE, splitItems, useCaseItems } from '../names.ts';
import type { ImportState } from './import-flow.ts';
import { ImportProgress } from './import-progress.tsx';
import styles from './import.module.css';
import {
  columnChoices,
  fieldNames,
  fieldsOf,
  layoutNames,
  missingFields,
  withColumn,
  withDefault,
  withLayout,
  type MappedField,
  type Mapping,
} from './mapping.ts';
import { PreviewTable } from './preview-table.tsx';

interface MapStepProps {
  readonly state: ImportState;
  readonly onChange: (mapping: Mapping) => void;
}

const layoutItems = (Object.keys(layoutNames) as ImportLayout[]).map((id) => ({ id, ...layoutNames[id] }));

export function MapStep({ state: { id, preview, mapping, busy }, onChange }: MapStepProps) {
  if (!preview || !mapping) return null;
  const missing = missingFields(mapping).map((field) => fieldNames[field]);
  return (
    <div className={styles.map}>
      <div className={styles.mapping}>
        <Select
          label={`Each of the ${preview.rows.toLocaleString('en')} rows is`}
          items={layoutItems}
          value={mapping.layout}
          onChange={(layout) => onChange(withLayout(mapping, layout, preview.columns))}
        />
        <fieldset className={styles.fields}>
          <legend>Column of each field</legend>
          {fieldsOf(mapping.layout).map((field) => (
            <FieldSelect key={field.field} {...field} {...{ mapping, columns: preview.columns, onChange }} />
          ))}
        </fieldset>
        <Defaults mapping={mapping} onChange={onChange} />
      </div>
      <div className={styles.preview}>
        <PreviewTable preview={preview} mapping={mapping} />
        {busy === 'checking' && <ImportProgress id={id} label="Checking the rows" />}
        {missing.length > 0 && (
          <p role="status" className={styles.missing}>
            Choose a column for {missing.join(' and ')}, or another layout.
          </p>
        )}
      </div>
    </div>
  );
}

interface FieldSelectProps extends MappedField {
  readonly mapping: Mapping;
  readonly columns: readonly string[];
  readonly onChange: (mapping: Mapping) => void;
}

function FieldSelect({ field, required, mapping, columns, onChange }: FieldSelectProps) {
  const items = useMemo(
    () => [
      { id: NONE, label: required ? 'Choose a column' : 'None' },
      ...columnChoices(mapping, columns).map((column) => ({ id: column, label: column })),
    ],
    [mapping, columns, required],
  );
  return (
    <div className={styles.field}>
      <span aria-hidden>
        {fieldNames[field]}
        {required && <span className={styles.required}> required</span>}
      </span>
      <Select
        label={`Column of ${fieldNames[field]}${required ? ', required' : ''}`}
        hideLabel
        items={items}
        value={mapping.columns[field] ?? NONE}
        onChange={(column) => onChange(withColumn(mapping, field, column === NONE ? null : column))}
      />
    </div>
  );
}

/** What prompts get of whose rows nothing is said. */
function Defaults({ mapping, onChange }: { mapping: Mapping; onChange: (mapping: Mapping) => void }) {
  const { kind, split, useCase } = mapping.defaults;
  return (
    <fieldset className={styles.fields}>
      <legend>Where a row does not say</legend>
      <Default
        label="Kind"
        items={kindItems}
        value={kind ?? 'plain'}
        onChange={(next) => onChange(withDefault(mapping, 'kind', next))}
      />
      <Default
        label="Use case"
        items={useCaseItems}
        value={useCase ?? NONE}
        onChange={(next) => onChange(withDefault(mapping, 'useCase', next === NONE ? null : next))}
      />
      <Default
        label="Split"
        items={splitItems}
        value={split ?? 'train'}
        onChange={(next) => onChange(withDefault(mapping, 'split', next))}
      />
    </fieldset>
  );
}

interface DefaultProps<Id extends string> {
  readonly label: string;
  readonly items: readonly { readonly id: Id; readonly label: string }[];
  readonly value: Id;
  readonly onChange: (id: Id) => void;
}

function Default<Id extends string>({ label, items, value, onChange }: DefaultProps<Id>) {
  return (
    <div className={styles.field}>
      <span aria-hidden>{label}</span>
      <Select label={`${label} where a row does not say`} hideLabel {...{ items, value, onChange }} />
    </div>
  );
}
