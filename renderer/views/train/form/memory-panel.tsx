import type { PlannedMemory } from '../../../../core/contract/calls.ts';
import { memoryParts } from '../../../../core/contract/memory.ts';
import { Button } from '../../../components/button.tsx';
import { Meter } from '../../../components/progress.tsx';
import { ErrorMessage } from '../../../components/text.tsx';
import { bytesWords } from '../figures.ts';
import { showSetting, type SettingInputs } from './inputs.ts';
import styles from './memory-panel.module.css';
import type { MemoryVerdict, PlannedRun } from './use-memory.ts';

interface MemoryPanelProps {
  readonly planned: PlannedRun;
  /** Takes the settings that make it fit. */
  readonly onChange: (inputs: SettingInputs) => void;
}

/** What a run will take of each memory at its peak, by part; and what would make it fit where it does not. */
export function MemoryPanel({ planned: { verdict, isPlanning, error }, onChange }: MemoryPanelProps) {
  return (
    <section className={styles.panel} aria-label="Memory it takes">
      <h3>Memory it takes</h3>
      <p className={styles.state} role="status">
        {isPlanning
          ? 'Working out what it takes…'
          : !verdict && error === undefined && 'Known once it can start.'}
      </p>
      {!isPlanning && error !== undefined && <ErrorMessage>{error}</ErrorMessage>}
      {verdict && <Verdict verdict={verdict} onChange={onChange} />}
    </section>
  );
}

function Verdict({ verdict, onChange }: { verdict: MemoryVerdict } & Pick<MemoryPanelProps, 'onChange'>) {
  const { memories, device, changes } = verdict;
  return (
    <>
      {memories.map((memory) => (
        <Memory
          key={memory.place}
          memory={memory}
          name={memory.place === 'host' ? 'Memory of this computer' : device.name}
        />
      ))}
      {changes && (
        <Button onPress={() => onChange(inputsOf(changes))}>
          {`Set ${Object.entries(changes)
            .map(([name, value]) => `${name} to ${String(value)}`)
            .join(' and ')}`}
        </Button>
      )}
    </>
  );
}

const inputsOf = (changes: NonNullable<MemoryVerdict['changes']>): SettingInputs =>
  Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, showSetting(value)]));

function Memory({ memory, name }: { readonly memory: PlannedMemory; readonly name: string }) {
  const { parts, total, available } = memory;
  return (
    <>
      {available !== null && (
        <Meter label={needWords(memory)} value={Math.min(1, total / Math.max(1, available))} />
      )}
      <table className={styles.parts} aria-label={name}>
        <tbody>
          {parts.map(({ part, bytes }) => (
            <tr key={part}>
              <th scope="row">{memoryParts[part]}</th>
              <td>{bytesWords(bytes)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{memory.place === 'host' ? 'in all' : `in all, on ${name}`}</th>
            <td>{bytesWords(total)}</td>
          </tr>
        </tfoot>
      </table>
    </>
  );
}

const needWords = ({ total, available, limited }: PlannedMemory): string =>
  `${bytesWords(total)} of ${bytesWords(available!)} ${limited ? 'allowed' : 'free'}`;
