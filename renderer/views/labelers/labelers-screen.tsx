import { UserPlus, Users } from 'lucide-react';
import { useState } from 'react';
import type { CallOutput } from '../../../core/contract/calls.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorMessage, Spinner } from '../../components/text.tsx';
import { defineCommands, useCommands } from '../../shortcuts/commands.ts';
import { perform } from '../../stores/perform.ts';
import { chooseLabeler, useLabeler } from '../../stores/session.ts';
import { useCall } from '../../stores/use-call.ts';
import { LabelerTable } from './labeler-table.tsx';
import { NameDialog } from './name-dialog.tsx';

defineCommands('labelers', { 'labelers.add': { title: 'Add a labeler', key: 'KeyN' } });

type Labeler = CallOutput<'labelers.add'>;
type Report = CallOutput<'labelers.report'>[number];

const peopleFirst = (a: Report, b: Report): number =>
  Number(a.labeler.simulated) - Number(b.labeler.simulated);

export function LabelersScreen() {
  const { data: reports, error, reload } = useCall('labelers.report', {});
  const current = useLabeler();
  const [adding, setAdding] = useState(false);
  useCommands({ 'labelers.add': () => setAdding(true) });

  const onAdded = async (labeler: Labeler) => {
    if (!current) await chooseLabeler(labeler.id);
    reload();
  };
  const add = async (name: string) => {
    const labeler = await perform('labelers.add', { name });
    if (labeler) await onAdded(labeler);
    return labeler !== undefined;
  };
  const addButton = (
    <Button variant="primary" icon={UserPlus} onPress={() => setAdding(true)}>
      Add labeler
    </Button>
  );
  return (
    <Page
      title="Labelers"
      description="Who writes and ranks here, and how far their answers can be relied on."
      actions={reports && reports.length > 0 && addButton}
    >
      {error && <ErrorMessage>{error}</ErrorMessage>}
      {!reports && !error && <Spinner label="Counting labels…" />}
      {reports?.length === 0 && (
        <EmptyState icon={Users} title="Nobody is labeling yet" actions={addButton}>
          Add yourself, then write demonstrations and rank completions. Each label remembers who made it.
        </EmptyState>
      )}
      {reports && reports.length > 0 && (
        <LabelerTable reports={reports.toSorted(peopleFirst)} onChange={reload} />
      )}
      <NameDialog
        title="Add a labeler"
        confirmLabel="Add"
        isOpen={adding}
        initial=""
        onSave={add}
        onClose={() => setAdding(false)}
      />
    </Page>
  );
}
