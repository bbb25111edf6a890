import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { ErrorMessage } from '../../../components/text.tsx';
import { showToast } from '../../../components/toasts.tsx';
import { call } from '../../../stores/connection.ts';
import { changeMade } from '../prompts-store.ts';
import { CheckStep } from './check-step.tsx';
import { ChooseStep } from './choose-step.tsx';
import styles from './import.module.css';
import { ImportFlow, type ImportState } from './import-flow.ts';
import { MapStep } from './map-step.tsx';
import { missingFields } from './mapping.ts';
import { contentOf, nothingToImport, plannedIn } from './report.ts';
import { Steps } from './steps.tsx';

/** From a file to its rows in the project; closing it at any step imports nothing. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const [flow] = useState(() => new ImportFlow(call));
  const [skipDuplicates, setSkipDuplicates] = useState(true);
  const state = useStore(flow.store);
  useEffect(() => () => void flow.cancel(), [flow]);
  // What had the focus is gone with its step.
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => body.current?.focus(), [state.step, state.busy]);

  const close = () => {
    if (state.busy === 'importing') showToast({ title: 'Import cancelled: nothing was imported' });
    onClose();
  };
  const commit = async () => {
    const result = await flow.commit(skipDuplicates);
    if (!result) return;
    const title = `Imported ${contentOf(result)}`;
    if (result.change === null) showToast({ title });
    else changeMade(result.change, title);
    onClose();
  };
  return (
    <Dialog
      title={state.file && state.step !== 'choose' ? `Import ${state.file}` : 'Import'}
      isOpen
      keepOpen
      onClose={close}
      width="xl"
      footer={
        <Footer
          state={state}
          flow={flow}
          skipDuplicates={skipDuplicates}
          onClose={close}
          onCommit={() => void commit()}
        />
      }
    >
      <div ref={body} className={styles.flow} tabIndex={-1}>
        <Steps step={state.step} />
        {state.problem && <ErrorMessage>{state.problem}</ErrorMessage>}
        {state.step === 'choose' && <ChooseStep state={state} flow={flow} />}
        {state.step === 'map' && <MapStep state={state} onChange={(mapping) => flow.setMapping(mapping)} />}
        {state.step === 'check' && (
          <CheckStep state={state} skipDuplicates={skipDuplicates} onSkipDuplicates={setSkipDuplicates} />
        )}
      </div>
    </Dialog>
  );
}

interface FooterProps {
  readonly state: ImportState;
  readonly flow: ImportFlow;
  readonly skipDuplicates: boolean;
  readonly onClose: () => void;
  readonly onCommit: () => void;
}

function Footer({ state, flow, skipDuplicates, onClose, onCommit }: FooterProps) {
  const { step, busy, mapping, report } = state;
  const missing = mapping ? missingFields(mapping) : [];
  return (
    <>
      {step === 'map' && (
        <span className={styles.left}>
          <Button variant="quiet" isDisabled={busy !== null} onPress={() => void flow.cancel()}>
            Another file
          </Button>
        </span>
      )}
      {step === 'check' && (
        <span className={styles.left}>
          <Button variant="quiet" isDisabled={busy !== null} onPress={() => flow.backToMapping()}>
            Back
          </Button>
        </span>
      )}
      <Button onPress={onClose}>{busy === 'importing' ? 'Cancel the import' : 'Cancel'}</Button>
      {step === 'map' && (
        <Button
          variant="primary"
          isDisabled={busy !== null || missing.length > 0}
          onPress={() => void flow.check()}
        >
          {busy === 'checking' ? 'Checking…' : 'Check the rows'}
        </Button>
      )}
      {step === 'check' && report && (
        <Button
          variant="primary"
          isDisabled={busy !== null || nothingToImport(report, skipDuplicates) !== null}
          onPress={onCommit}
        >
          {busy === 'importing' ? 'Importing…' : `Import ${plannedIn(report, skipDuplicates)}`}
        </Button>
      )}
    </>
  );
}
