import type { PromptFields } from '../../../core/contract/entities.ts';
import { TextField } from '../../components/fields.tsx';
import { Select } from '../../components/select.tsx';
import { kindItems, NONE, splitItems, useCaseItems } from './names.ts';
import styles from './prompt-panel.module.css';

interface PromptFieldsFormProps {
  readonly draft: PromptFields;
  readonly onChange: (change: Partial<PromptFields>) => void;
}

/** Everything about a prompt but its text. */
export function PromptFieldsForm({ draft, onChange }: PromptFieldsFormProps) {
  return (
    <div className={styles.fields}>
      <Select label="Kind" items={kindItems} value={draft.kind} onChange={(kind) => onChange({ kind })} />
      <Select
        label="Split"
        items={splitItems}
        value={draft.split}
        onChange={(split) => onChange({ split })}
      />
      <Select
        label="Use case"
        items={useCaseItems}
        value={draft.useCase ?? NONE}
        onChange={(useCase) => onChange({ useCase: useCase === NONE ? null : useCase })}
      />
      <TextField
        label="Author"
        placeholder="None"
        maxLength={200}
        value={draft.author ?? ''}
        onChange={(author) => onChange({ author })}
      />
    </div>
  );
}
