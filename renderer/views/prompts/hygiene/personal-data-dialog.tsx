import { useMemo, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import {
  allSelected,
  isSelected,
  selectedCount,
  type RowSelection,
} from '../../../components/row-selection.ts';
import { SegmentedControl } from '../../../components/toggles.tsx';
import { Badge } from '../../../components/text.tsx';
import type { Column } from '../../../components/virtual-table.tsx';
import { perform } from '../../../stores/perform.ts';
import { useCall } from '../../../stores/use-call.ts';
import dialogs from '../dialogs.module.css';
import { LineTable } from '../line-table.tsx';
import { counted } from '../names.ts';
import { changeMade, removePrompts } from '../prompts-store.ts';
import { excerptOf, kindsOf, promptsWith, type Excerpt, type Finding, type FindingKind } from './findings.ts';
import styles from './hygiene.module.css';
import { promptsById } from './prompts-by-id.ts';
import { ReviewDialog } from './review-dialog.tsx';

interface Line extends Finding {
  readonly excerpt: Excerpt;
}

const columns: readonly Column<Line>[] = [
  { id: 'kind', header: 'Kind', width: '104px', render: ({ kind }) => <Badge>{kind}</Badge> },
  { id: 'prompt', header: 'Prompt', width: '80px', align: 'end', render: ({ promptId }) => promptId },
  {
    id: 'context',
    header: 'In its context',
    width: 'minmax(200px, 1fr)',
    render: ({ excerpt }) => (
      <span className={styles.context}>
        <span className={styles.before}>{excerpt.before}</span>
        <mark>{excerpt.match}</mark>
        <span className={styles.after}>{excerpt.after}</span>
      </span>
    ),
  },
];

export function PersonalDataDialog({ onClose }: { readonly onClose: () => void }) {
  const reading = useCall('prompts.personalData', {});
  const [kind, setKind] = useState<FindingKind | 'all'>('all');
  const [selection, setSelection] = useState<RowSelection | null>(null);
  const shown = useMemo(
    () => (reading.data ?? []).filter((finding) => kind === 'all' || finding.kind === kind),
    [reading.data, kind],
  );
  // All of them until the person chooses.
  const chosenRows = selection ?? allSelected(shown.length);
  const chosen = shown.filter((_, index) => isSelected(chosenRows, index));
  const showKind = (next: FindingKind | 'all') => {
    setKind(next);
    setSelection(null);
  };
  const redact = async () => {
    const result = await perform('prompts.redact', { findings: chosen });
    if (!result) return;
    changeMade(result.change, `Redacted ${counted(chosen.length, 'finding')}`);
    onClose();
  };
  const remove = async () => {
    if (await removePrompts({ ids: promptsWith(chosen) })) onClose();
  };
  return (
    <ReviewDialog
      title="Personal data"
      explanation="Found by their form: look before you act. Redacting puts the kind in brackets in the place of a finding; removing takes the whole prompt away. Both can be undone."
      reading={reading}
      isNothing={(findings) => findings.length === 0}
      nothing="No e-mail address, phone, card or account number, postal or IP address was found."
      onClose={onClose}
      actions={() => (
        <>
          <Button isDisabled={chosen.length === 0} onPress={() => void remove()}>
            Remove {counted(promptsWith(chosen).length, 'prompt')}
          </Button>
          <Button variant="primary" isDisabled={chosen.length === 0} onPress={() => void redact()}>
            Redact {counted(chosen.length, 'finding')}
          </Button>
        </>
      )}
    >
      {(findings) => (
        <>
          <div className={dialogs.spread}>
            <SegmentedControl label="Kind" items={kindItems(findings)} value={kind} onChange={showKind} />
            <span className={dialogs.muted}>{counted(selectedCount(chosenRows), 'finding')} chosen</span>
          </div>
          <div className={dialogs.frame}>
            <LineTable
              key={kind}
              label="Findings"
              columns={columns}
              lines={shown}
              rowsOf={withExcerpts}
              selection={chosenRows}
              onSelect={setSelection}
            />
          </div>
        </>
      )}
    </ReviewDialog>
  );
}

const kindItems = (findings: readonly Finding[]) => [
  { id: 'all' as const, label: `All ${findings.length.toLocaleString('en')}` },
  ...kindsOf(findings).map(({ kind, count }) => ({
    id: kind,
    label: `${kind} ${count.toLocaleString('en')}`,
  })),
];

async function withExcerpts(findings: readonly Finding[]): Promise<Line[]> {
  const prompts = await promptsById(promptsWith(findings));
  const texts = new Map(prompts.map(({ id, text }) => [id, text]));
  return findings.map((finding) => ({
    ...finding,
    excerpt: excerptOf(texts.get(finding.promptId) ?? finding.text, finding),
  }));
}
