import { PenLine } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '../components/button.tsx';
import { TextArea } from '../components/fields.tsx';
import { SidePanel } from '../components/side-panel.tsx';
import { setGuidelines, useProject } from '../stores/session.ts';
import { toggleGuidelines } from '../stores/ui.ts';
import styles from './guidelines-panel.module.css';

/** How the project's labelers are to judge, one key away from every screen. */
export function GuidelinesPanel() {
  const text = useProject()?.guidelines ?? '';
  const [draft, setDraft] = useState<string | null>(null);
  const save = async () => {
    if (draft !== null && (await setGuidelines(draft))) setDraft(null);
  };
  return (
    <SidePanel
      title="Guidelines"
      onClose={toggleGuidelines}
      actions={
        draft === null && (
          <IconButton label="Edit the guidelines" icon={PenLine} size="sm" onPress={() => setDraft(text)} />
        )
      }
    >
      {draft === null ? (
        <Guidelines text={text} onWrite={() => setDraft('')} />
      ) : (
        <div className={styles.editor}>
          <TextArea label="Guidelines" hideLabel value={draft} onChange={setDraft} autoFocus />
          <div className={styles.actions}>
            <Button onPress={() => setDraft(null)}>Cancel</Button>
            <Button variant="primary" onPress={() => void save()}>
              Save
            </Button>
          </div>
        </div>
      )}
    </SidePanel>
  );
}

function Guidelines({ text, onWrite }: { readonly text: string; readonly onWrite: () => void }) {
  if (text.trim() !== '')
    return (
      <div className={styles.text} role="region" aria-label="Text of the guidelines" tabIndex={0}>
        {text}
      </div>
    );
  return (
    <div className={styles.none}>
      <p>
        This project has no guidelines yet. Say what a good answer is here, and what matters most where
        truthful, harmless and helpful pull apart; labelers agree more when they have read the same.
      </p>
      <Button onPress={onWrite}>Write the guidelines</Button>
    </div>
  );
}
