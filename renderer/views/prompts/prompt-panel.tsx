import { Trash2 } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Prompt, PromptFields } from '../../../core/contract/entities.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { TextArea } from '../../components/fields.tsx';
import { SidePanel } from '../../components/side-panel.tsx';
import { useCommands, useKeyOf } from '../../shortcuts/commands.ts';
import { perform } from '../../stores/perform.ts';
import { useCall } from '../../stores/use-call.ts';
import { counted } from './names.ts';
import { changedFields, cleaned, draftOf, emptyDraft, isChanged, rebased } from './prompt-draft.ts';
import { PromptFieldsForm } from './prompt-fields-form.tsx';
import styles from './prompt-panel.module.css';
import { changeMade, removePrompts, setUnsaved, showPanel } from './prompts-store.ts';

/** A prompt of the table, as it is stored now. */
export function EditPanel({ prompt: opened }: { readonly prompt: Prompt }) {
  const { data } = useCall('prompts.page', { filter: { ids: [opened.id] }, offset: 0, limit: 1 });
  const answered = data?.rows[0]?.id === opened.id || data?.total === 0;
  const prompt = answered ? data?.rows[0] : opened;
  if (!prompt) return <GonePanel />;
  return <EditForm prompt={prompt} />;
}

function GonePanel() {
  return (
    <SidePanel title="Deleted" onClose={() => showPanel(null)} width={400}>
      <p className={styles.muted}>This prompt was deleted. Undo brings it back.</p>
    </SidePanel>
  );
}

function EditForm({ prompt }: { readonly prompt: Prompt }) {
  const stored = draftOf(prompt);
  const [draft, setDraft] = useState(stored);
  const before = useRef(stored);
  useEffect(() => {
    setDraft((written) => rebased(written, before.current, stored));
    before.current = stored;
  }, [JSON.stringify(stored)]);
  const changed = isChanged(draft, stored);
  useUnsaved(changed);
  const save = async () => {
    const result = await perform('prompts.edit', { id: prompt.id, fields: changedFields(draft, stored) });
    if (result) changeMade(result.change, 'Changed the prompt');
  };
  const remove = async () => {
    setUnsaved(false);
    if (await removePrompts({ ids: [prompt.id] })) showPanel(null);
  };
  return (
    <PanelForm
      title={`Prompt ${prompt.id}`}
      draft={draft}
      onChange={setDraft}
      actions={<IconButton label="Delete" icon={Trash2} size="sm" onPress={() => void remove()} />}
      saveLabel="Save"
      onSave={changed && draft.text.trim() !== '' ? () => void save() : null}
      onRevert={changed ? () => setDraft(stored) : null}
    >
      <p className={styles.muted}>
        {counted(prompt.text.length, 'character')} · {prompt.source} ·{' '}
        {new Date(prompt.createdAt).toLocaleDateString()}
      </p>
    </PanelForm>
  );
}

/** Adds one prompt after another; what all of them share stays as it is. */
export function AddPanel() {
  const [draft, setDraft] = useState(emptyDraft);
  const written = draft.text.trim() !== '';
  useUnsaved(written);
  const add = async () => {
    const result = await perform('prompts.add', { prompts: [cleaned(draft)] });
    if (!result) return;
    changeMade(result.change, 'Added the prompt');
    // What was written meanwhile stays.
    setDraft((now) => (now.text === draft.text ? { ...now, text: '' } : now));
  };
  return (
    <PanelForm
      title="New prompt"
      draft={draft}
      onChange={setDraft}
      saveLabel="Add"
      onSave={written ? () => void add() : null}
      onRevert={null}
    />
  );
}

interface PanelFormProps {
  readonly title: string;
  readonly draft: PromptFields;
  readonly onChange: (draft: PromptFields) => void;
  readonly actions?: ReactNode;
  readonly saveLabel: string;
  /** null while there is nothing to save. */
  readonly onSave: (() => void) | null;
  readonly onRevert: (() => void) | null;
  readonly children?: ReactNode;
}

function PanelForm(props: PanelFormProps) {
  const { title, draft, onChange, actions, saveLabel, onSave, onRevert, children } = props;
  const change = (part: Partial<PromptFields>) => onChange({ ...draft, ...part });
  return (
    <SidePanel title={title} onClose={() => showPanel(null)} width={400} actions={actions}>
      <div className={styles.form}>
        <div className={styles.text}>
          <TextArea
            label="Text"
            rows={12}
            autoFocus
            maxLength={1_000_000}
            value={draft.text}
            onChange={(text) => change({ text })}
          />
        </div>
        {children}
        <PromptFieldsForm draft={draft} onChange={change} />
      </div>
      <SaveBar saveLabel={saveLabel} onSave={onSave} onRevert={onRevert} />
    </SidePanel>
  );
}

export function SaveBar(props: Pick<PanelFormProps, 'saveLabel' | 'onSave' | 'onRevert'>) {
  const { saveLabel, onSave, onRevert } = props;
  const saveKey = useKeyOf('prompts.save');
  useCommands({ 'prompts.save': onSave });
  return (
    <div className={styles.saveBar}>
      {onRevert && (
        <Button variant="quiet" onPress={onRevert}>
          Revert
        </Button>
      )}
      <Button variant="primary" isDisabled={!onSave} onPress={() => onSave?.()} combo={saveKey}>
        {saveLabel}
      </Button>
    </div>
  );
}

/** Tells the screen whether leaving would lose something. */
export function useUnsaved(unsaved: boolean): void {
  useEffect(() => {
    setUnsaved(unsaved);
    return () => setUnsaved(false);
  }, [unsaved]);
}
