import type { RunSummary } from '../../../../core/contract/calls.ts';
import { ConfirmDialog } from '../../../components/dialog.tsx';
import { ExportModelDialog } from '../export/export-model-dialog.tsx';
import { ForkDialog } from '../fork/fork-dialog.tsx';
import { BinDialog } from '../table/bin-dialog.tsx';
import { openDialog, useTrain } from '../train-store.ts';
import { endRun } from './actions.ts';

const close = () => openDialog(null);

/** The dialog that is open, about the run that is shown. */
export function RunDialogs({ run }: { readonly run: RunSummary | undefined }) {
  const dialog = useTrain((state) => state.dialog);
  if (dialog === 'bin') return <BinDialog onClose={close} />;
  if (!run) return null;
  if (dialog === 'fork') return <ForkDialog key={run.path} run={run} step={null} onClose={close} />;
  if (dialog === 'export') return <ExportModelDialog key={run.path} run={run} onClose={close} />;
  return (
    <ConfirmDialog
      title={`Stop ${run.name} here?`}
      isOpen={dialog === 'end'}
      confirmLabel="Stop here"
      onConfirm={() => void endRun(run)}
      onClose={close}
    >
      The model of its latest checkpoint becomes the model of the run, and it cannot be resumed. A fork can
      still go on from it.
    </ConfirmDialog>
  );
}
