import { useMemo, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { NumberField } from '../../../components/fields.tsx';
import { Badge } from '../../../components/text.tsx';
import type { Column } from '../../../components/virtual-table.tsx';
import { useCall } from '../../../stores/use-call.ts';
import dialogs from '../dialogs.module.css';
import { LineTable } from '../line-table.tsx';
import { counted } from '../names.ts';
import { removePrompts } from '../prompts-store.ts';
import { linesOf, type DuplicateLine } from './duplicate-rows.ts';
import styles from './hygiene.module.css';
import { promptsById } from './prompts-by-id.ts';
import { ReviewDialog } from './review-dialog.tsx';

interface DuplicatesDialogProps {
  readonly kind: 'exact' | 'prefix';
  readonly onClose: () => void;
}

const words = {
  exact: {
    title: 'Exact duplicates',
    explanation: 'Prompts that are equal but for case and white space. The oldest of each group stays.',
    nothing: 'No two prompts are equal.',
  },
  prefix: {
    title: 'Prompts that begin alike',
    explanation:
      'Prompts that share a long beginning, as the paper’s authors removed them. The oldest of each group stays.',
    nothing: 'No two prompts share a beginning of that length.',
  },
} as const;

interface Line extends DuplicateLine {
  readonly text: string;
}

const columns: readonly Column<Line>[] = [
  { id: 'group', header: 'Group', width: '72px', align: 'end', render: ({ group }) => group },
  {
    id: 'fate',
    header: 'Then',
    width: '96px',
    render: ({ stays }) => <Badge tone={stays ? 'success' : 'neutral'}>{stays ? 'stays' : 'removed'}</Badge>,
  },
  {
    id: 'text',
    header: 'Prompt',
    width: 'minmax(200px, 1fr)',
    render: ({ text, stays }) => (
      <span className={stays ? undefined : styles.goes}>{text.slice(0, 400)}</span>
    ),
  },
];

export function DuplicatesDialog({ kind, onClose }: DuplicatesDialogProps) {
  const [prefix, setPrefix] = useState(60);
  const reading = useCall('prompts.duplicates', { kind, prefix });
  const remove = async (lines: readonly DuplicateLine[]) => {
    const ids = lines.filter(({ stays }) => !stays).map(({ id }) => id);
    if (await removePrompts({ ids })) onClose();
  };
  return (
    <ReviewDialog
      {...words[kind]}
      onClose={onClose}
      options={kind === 'prefix' && <PrefixField value={prefix} onChange={setPrefix} />}
      reading={reading}
      isNothing={({ surplus }) => surplus === 0}
      actions={({ groups, surplus }) => (
        <Button variant="danger" isDisabled={reading.loading} onPress={() => void remove(linesOf(groups))}>
          Remove {counted(surplus, 'prompt')}
        </Button>
      )}
    >
      {({ groups }) => <Lines groups={groups} />}
    </ReviewDialog>
  );
}

function PrefixField({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  return (
    <div className={styles.number}>
      <NumberField
        label="Characters that are alike"
        value={value}
        onChange={(next) => onChange(Number.isNaN(next) ? 60 : next)}
        minValue={10}
        maxValue={10_000}
        step={10}
      />
    </div>
  );
}

function Lines({ groups }: { readonly groups: readonly (readonly number[])[] }) {
  const lines = useMemo(() => linesOf(groups), [groups]);
  return (
    <div className={dialogs.frame}>
      <LineTable label="Duplicates" columns={columns} lines={lines} rowsOf={withTexts} />
    </div>
  );
}

async function withTexts(lines: readonly DuplicateLine[]): Promise<Line[]> {
  const prompts = await promptsById(lines.map(({ id }) => id));
  const texts = new Map(prompts.map(({ id, text }) => [id, text]));
  return lines.map((line) => ({ ...line, text: texts.get(line.id) ?? '' }));
}
