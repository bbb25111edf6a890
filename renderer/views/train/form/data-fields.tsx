import type { AlgorithmName } from '../../../../core/contract/algorithms.ts';
import type { CallOutput } from '../../../../core/contract/calls.ts';
import { Button } from '../../../components/button.tsx';
import { Select } from '../../../components/select.tsx';
import { perform } from '../../../stores/perform.ts';
import { useCall } from '../../../stores/use-call.ts';
import { counted } from '../../prompts/names.ts';
import type { FieldsProps } from './draft.ts';
import { FilesField } from './files-field.tsx';
import styles from './new-run.module.css';

/** What each algorithm reads from files of plain text. */
const TEXT_ROLES: Readonly<Record<AlgorithmName, readonly (readonly [role: string, label: string])[]>> = {
  pretrain: [
    ['texts', 'Texts'],
    ['validation', 'Held-out texts (optional)'],
  ],
  sft: [['pretraining', 'Pretraining texts to mix in (optional)']],
  'reward-model': [],
  ppo: [
    ['pretraining', 'Pretraining texts, for PPO-ptx (optional)'],
    ['pretrainingValidation', 'Held-out pretraining texts (optional)'],
  ],
};

/** What it learns from: a snapshot of the labels, and files of text. */
export function DataFields(props: FieldsProps) {
  const { draft, problems, onChange } = props;
  const { algorithm, data } = draft;
  const roles = TEXT_ROLES[algorithm];
  return (
    <>
      {algorithm !== 'pretrain' && <SnapshotField {...props} />}
      {roles.map(([role, label]) => (
        <FilesField
          key={role}
          label={label}
          paths={data[role] ?? []}
          onChange={(paths) => onChange({ data: { ...data, [role]: paths } })}
          problem={problems[`data.${role}`]}
        />
      ))}
    </>
  );
}

function SnapshotField({ draft, problems, onChange }: FieldsProps) {
  const snapshots = useCall('snapshots.list', {}).data ?? [];
  const chosen = snapshots.find(({ id }) => id === draft.snapshot);
  const make = async () => {
    const made = await perform('snapshots.create', { name: snapshotName(new Date()) });
    if (made) onChange({ snapshot: made.id });
  };
  return (
    <div className={styles.withButton}>
      <Select
        label="Data snapshot"
        items={snapshots.map((snapshot) => ({
          id: String(snapshot.id),
          label: snapshot.name,
          description: contentOf(snapshot),
        }))}
        value={draft.snapshot === null ? null : String(draft.snapshot)}
        onChange={(id) => onChange({ snapshot: Number(id) })}
        placeholder={snapshots.length === 0 ? 'None yet: make one' : 'Choose a snapshot'}
      />
      <Button onPress={() => void make()}>Make one now</Button>
      <p className={styles.note}>
        {chosen
          ? contentOf(chosen)
          : 'All labels as they are at one moment, so that a run can be made again from the same data.'}
      </p>
      {dataProblems(draft.algorithm, problems).map((message) => (
        <p key={message} className={styles.problem}>
          {message}
        </p>
      ))}
    </div>
  );
}

const contentOf = ({ counts }: CallOutput<'snapshots.list'>[number]): string =>
  [
    counted(counts.prompts, 'prompt'),
    counted(counts.demonstrations, 'demonstration'),
    counted(counts.rankings, 'ranking'),
  ].join(', ');

/** Those of the snapshot and of the roles that it fills. */
function dataProblems(algorithm: AlgorithmName, problems: FieldsProps['problems']): string[] {
  const files = TEXT_ROLES[algorithm].map(([role]) => `data.${role}`);
  const isMine = (field: string) =>
    field === 'snapshot' || (field.startsWith('data.') && !files.includes(field));
  return Object.entries(problems).flatMap(([field, message]) => (isMine(field) ? [message] : []));
}

const snapshotName = (now: Date): string =>
  now.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
