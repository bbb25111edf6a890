import { Ban, RotateCcw } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button as AriaButton, VisuallyHidden } from 'react-aria-components';
import { Button, IconButton } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { SearchField } from '../../components/fields.tsx';
import { Kbd } from '../../components/text.tsx';
import { allCommands, keyOf, type Command } from '../../shortcuts/commands.ts';
import { conflictOf } from '../../shortcuts/conflicts.ts';
import { comboOf } from '../../shortcuts/keys.ts';
import { changeSettings } from '../../stores/session.ts';
import { screenIds } from '../../stores/screen-ids.ts';
import { Section } from './rows.tsx';
import styles from './settings.module.css';

type Bindings = Readonly<Record<string, string>>;

const SCOPES: readonly Command['scope'][] = ['global', ...screenIds];

export function KeyBindings({ bindings }: { readonly bindings: Bindings }) {
  const [search, setSearch] = useState('');
  const [recording, setRecording] = useState<string | null>(null);
  const words = search.trim().toLowerCase();
  const commands = allCommands().filter(({ title }) => title.toLowerCase().includes(words));
  return (
    <Section
      title="Keyboard"
      description="Keys are those of the keyboard, whatever is printed on them. Press one to choose another."
      actions={
        <>
          <SearchField label="Find a key" value={search} onChange={setSearch} />
          <Button
            isDisabled={Object.keys(bindings).length === 0}
            onPress={() => void changeSettings({ keyBindings: {} })}
          >
            Reset all
          </Button>
        </>
      }
    >
      {SCOPES.map((scope) => (
        <Group key={scope} scope={scope} commands={commands.filter((command) => command.scope === scope)}>
          {(command) => (
            <Binding
              key={command.id}
              command={command}
              bindings={bindings}
              isRecording={recording === command.id}
              onRecord={(on) => setRecording(on ? command.id : null)}
            />
          )}
        </Group>
      ))}
    </Section>
  );
}

interface GroupProps {
  readonly scope: Command['scope'];
  readonly commands: readonly Command[];
  readonly children: (command: Command) => ReactNode;
}

function Group({ scope, commands, children }: GroupProps) {
  if (commands.length === 0) return null;
  const title = scope === 'global' ? 'Everywhere' : scope[0]!.toUpperCase() + scope.slice(1);
  return (
    <div className={styles.group} role="group" aria-label={title}>
      <h3>{title}</h3>
      {commands.map(children)}
    </div>
  );
}

interface BindingProps {
  readonly command: Command;
  readonly bindings: Bindings;
  readonly isRecording: boolean;
  readonly onRecord: (on: boolean) => void;
}

function Binding({ command, bindings, isRecording, onRecord }: BindingProps) {
  const { id, title } = command;
  const combo = keyOf(id, bindings);
  const conflict = conflictOf(command, bindings);
  const bind = (key: string) => {
    onRecord(false);
    void changeSettings({ keyBindings: withBinding(bindings, command, key) });
  };
  return (
    <div className={styles.binding}>
      <span className={styles.bindingTitle}>{title}</span>
      {conflict && <span className={styles.conflict}>also “{conflict.title}”</span>}
      <Recorder title={title} combo={combo} isRecording={isRecording} onRecord={onRecord} onKey={bind} />
      <span className={styles.tools}>
        {combo !== null && (
          <IconButton label={`No key for “${title}”`} icon={Ban} size="sm" onPress={() => bind('')} />
        )}
        {id in bindings && command.key !== null && (
          <IconButton
            label={`Default key for “${title}”`}
            icon={RotateCcw}
            size="sm"
            onPress={() => bind(command.key!)}
          />
        )}
      </span>
    </div>
  );
}

interface RecorderProps {
  readonly title: string;
  readonly combo: string | null;
  readonly isRecording: boolean;
  readonly onRecord: (on: boolean) => void;
  readonly onKey: (combo: string) => void;
}

/** Shows a key; pressed, takes the next one. Escape and leaving keep the old. */
function Recorder({ title, combo, isRecording, onRecord, onKey }: RecorderProps) {
  return (
    <span
      data-owns-keys={isRecording ? '' : undefined}
      onKeyDownCapture={(event) => {
        if (!isRecording) return;
        event.preventDefault();
        event.stopPropagation();
        const pressed = comboOf(event);
        if (pressed === 'Escape') onRecord(false);
        else if (pressed !== null) onKey(pressed);
      }}
    >
      <AriaButton
        className={classes(styles.recorder, isRecording && styles.recording)}
        onPress={() => onRecord(!isRecording)}
        onBlur={() => isRecording && onRecord(false)}
      >
        <VisuallyHidden>{`Key for “${title}”: `}</VisuallyHidden>
        {isRecording ? 'Press a key…' : combo === null ? 'No key' : <Kbd combo={combo} />}
      </AriaButton>
    </span>
  );
}

/** A key that is the default needs no entry. */
function withBinding(bindings: Bindings, command: Command, key: string): Record<string, string> {
  const others = Object.entries(bindings).filter(([id]) => id !== command.id);
  return Object.fromEntries(key === (command.key ?? '') ? others : [...others, [command.id, key]]);
}
