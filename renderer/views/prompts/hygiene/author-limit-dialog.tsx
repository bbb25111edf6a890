import { useMemo, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { NumberField } from '../../../components/fields.tsx';
import type { Column } from '../../../components/virtual-table.tsx';
import { useCall } from '../../../stores/use-call.ts';
import dialogs from '../dialogs.module.css';
import { asTheyAre, LineTable } from '../line-table.tsx';
import { counted } from '../names.ts';
import { removePrompts } from '../prompts-store.ts';
import styles from './hygiene.module.css';
import { ReviewDialog } from './review-dialog.tsx';

interface Author {
  readonly name: string;
  readonly count: number;
}

const MOST = 200;

export function AuthorLimitDialog({ onClose }: { readonly onClose: () => void }) {
  const [most, setMost] = useState(MOST);
  const reading = useCall('prompts.beyondAuthorLimit', { most });
  const remove = async (ids: number[]) => {
    if (await removePrompts({ ids })) onClose();
  };
  return (
    <ReviewDialog
      title="Prompts per author"
      explanation="No author should speak for all: InstructGPT took at most 200 prompts of each. The oldest of an author stay."
      options={
        <div className={styles.number}>
          <NumberField
            label="Most for each author"
            value={most}
            onChange={(next) => setMost(Number.isNaN(next) ? MOST : next)}
            minValue={1}
          />
        </div>
      }
      reading={reading}
      isNothing={({ ids }) => ids.length === 0}
      nothing={`No author has more than ${counted(most, 'prompt')}.`}
      onClose={onClose}
      actions={({ ids }) => (
        <Button variant="danger" isDisabled={reading.loading} onPress={() => void remove(ids)}>
          Remove {counted(ids.length, 'prompt')}
        </Button>
      )}
    >
      {({ authors }) => <Authors authors={authors} most={most} />}
    </ReviewDialog>
  );
}

function Authors({ authors, most }: { readonly authors: readonly Author[]; readonly most: number }) {
  const columns = useMemo(() => columnsFor(most), [most]);
  return (
    <div className={dialogs.frame}>
      <LineTable label="Authors beyond the limit" columns={columns} lines={authors} rowsOf={asTheyAre} />
    </div>
  );
}

function columnsFor(most: number): readonly Column<Author>[] {
  return [
    { id: 'name', header: 'Author', width: 'minmax(160px, 1fr)', render: ({ name }) => name },
    { id: 'count', header: 'Prompts', width: '112px', align: 'end', render: ({ count }) => number(count) },
    {
      id: 'removed',
      header: 'Removed',
      width: '112px',
      align: 'end',
      render: ({ count }) => number(Math.max(0, count - most)),
    },
  ];
}

const number = (count: number): string => count.toLocaleString('en');
