import { usePrompts, openDialog, type DialogId } from './prompts-store.ts';
import { ExportDialog } from './export-dialog.tsx';
import { AuthorLimitDialog } from './hygiene/author-limit-dialog.tsx';
import { DuplicatesDialog } from './hygiene/duplicates-dialog.tsx';
import { PersonalDataDialog } from './hygiene/personal-data-dialog.tsx';
import { SplitDialog } from './hygiene/split-dialog.tsx';
import { ImportDialog } from './import/import-dialog.tsx';
import type { ReactNode } from 'react';

const close = () => openDialog(null);

const dialogs: Readonly<Record<DialogId, () => ReactNode>> = {
  import: () => <ImportDialog onClose={close} />,
  export: () => <ExportDialog onClose={close} />,
  exact: () => <DuplicatesDialog kind="exact" onClose={close} />,
  prefix: () => <DuplicatesDialog kind="prefix" onClose={close} />,
  'personal-data': () => <PersonalDataDialog onClose={close} />,
  'author-limit': () => <AuthorLimitDialog onClose={close} />,
  'split-by-author': () => <SplitDialog onClose={close} />,
};

/** The dialog that is open, if any. */
export function PromptDialogs() {
  const dialog = usePrompts((state) => state.dialog);
  return dialog && dialogs[dialog]();
}
