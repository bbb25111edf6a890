import { useState } from 'react';
import { algorithms } from '../../../../core/contract/algorithms.ts';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { TextField } from '../../../components/fields.tsx';
import { Select } from '../../../components/select.tsx';
import { perform } from '../../../stores/perform.ts';
import { useCall } from '../../../stores/use-call.ts';
import { useTask } from '../../../stores/use-task.ts';
import { changedSettings, settingProblems, withInput, type SettingInputs } from '../form/inputs.ts';
import { SUBMIT, SubmitKeys } from '../form/submit-keys.tsx';
import { SettingsEditor } from '../form/settings-editor.tsx';
import { showBegun } from '../run/actions.ts';
import styles from './fork.module.css';

interface ForkDialogProps {
  readonly run: RunSummary;
  /** Where to go on from, unless the person chooses another; null for the latest. */
  readonly step: number | null;
  readonly onClose: () => void;
}

/** A new run that goes on from a kept step of another under other settings. */
export function ForkDialog({ run, step: wanted, onClose }: ForkDialogProps) {
  const checkpoints = useCall('runs.detail', { path: run.path }).data?.checkpoints ?? [];
  const [chosen, setChosen] = useState(wanted);
  const [name, setName] = useState(`${run.name}-fork`);
  const [inputs, setInputs] = useState<SettingInputs>({});
  const step = chosen ?? checkpoints.at(-1)?.step;
  const table = algorithms[run.algorithm];
  const problems = settingProblems(table, inputs);
  const isFine = name.trim() !== '' && problems.length === 0 && step !== undefined;
  const { start: fork, isRunning } = useTask(async () => {
    const settings = changedSettings(table, run.settings, inputs);
    const started = await perform('runs.fork', {
      path: run.path,
      name,
      settings,
      ...(step !== undefined && { step }),
    });
    if (!started) return;
    showBegun(started.work, name);
    onClose();
  });
  return (
    <SubmitKeys onSubmit={() => isFine && fork()}>
      <Dialog
        title={`Fork ${run.name}`}
        isOpen
        keepOpen
        onClose={onClose}
        width="lg"
        footer={
          <>
            <Button onPress={onClose}>Cancel</Button>
            <Button variant="primary" combo={SUBMIT} isDisabled={!isFine || isRunning} onPress={() => fork()}>
              Fork
            </Button>
          </>
        }
      >
        <div className={styles.form}>
          <p>{forkWords(run, step)}</p>
          <div className={styles.fields}>
            <TextField label="Name" value={name} onChange={setName} maxLength={200} autoFocus />
            <Select
              label="From step"
              items={checkpoints
                .map(({ step }) => ({ id: String(step), label: step.toLocaleString('en') }))
                .toReversed()}
              value={step === undefined ? null : String(step)}
              onChange={(id) => setChosen(Number(id))}
              placeholder="No step is kept yet"
            />
          </div>
          <SettingsEditor
            table={table}
            base={run.settings}
            inputs={inputs}
            problems={Object.fromEntries(problems)}
            onChange={(name, input) => setInputs((before) => withInput(before, name, input))}
          />
        </div>
      </Dialog>
    </SubmitKeys>
  );
}

function forkWords({ name }: RunSummary, step: number | undefined): string {
  if (step === undefined) return `${name} has no checkpoint yet: wait for its first one.`;
  return `The new run has the weights and the optimizer of ${name} after step ${step.toLocaleString('en')}, and its own settings from then on. ${name} stays as it is.`;
}
