import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import type { CallInput, CallOutput } from '../../../core/contract/calls.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Select } from '../../components/select.tsx';
import { Switch } from '../../components/toggles.tsx';
import { perform } from '../../stores/perform.ts';
import { useCall } from '../../stores/use-call.ts';
import styles from './dialogs.module.css';
import { isNarrowed } from './filters.ts';
import { counted } from './names.ts';
import { usePrompts } from './prompts-store.ts';

type Layout = CallInput<'export.write'>['layout'];

const layouts = [
  { id: 'prompts', label: 'Prompts', description: 'prompt' },
  { id: 'prompt-completion', label: 'Demonstrations', description: 'prompt, completion' },
  { id: 'messages', label: 'Demonstrations as chat', description: 'messages' },
  { id: 'preference', label: 'Preferences', description: 'prompt, chosen, rejected' },
  { id: 'ranking', label: 'Rankings', description: 'prompt, completions, ranks' },
] as const satisfies readonly { id: Layout; label: string; description: string }[];

/** The layouts whose texts can be messages too. */
const inBothFormats: readonly Layout[] = ['prompts', 'prompt-completion', 'preference'];

export function ExportDialog({ onClose }: { readonly onClose: () => void }) {
  const filter = usePrompts((state) => state.filter);
  const narrowed = isNarrowed(filter);
  const { data: page } = useCall('prompts.page', { filter, offset: 0, limit: 1 });
  const [layout, setLayout] = useState<Layout>('prompts');
  const [conversational, setConversational] = useState(false);
  const [shownOnly, setShownOnly] = useState(narrowed);
  const [includeHeldOut, setIncludeHeldOut] = useState(false);
  const [writing, setWriting] = useState(false);
  const [written, setWritten] = useState<CallOutput<'export.write'> | null>(null);
  const write = async () => {
    setWriting(true);
    const result = await perform('export.write', {
      layout,
      conversational,
      filter: shownOnly ? filter : {},
      includeHeldOut,
    });
    setWriting(false);
    if (result) setWritten(result);
  };
  if (written) return <Written {...written} onClose={onClose} />;
  return (
    <Dialog
      title="Export"
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={writing} onPress={() => void write()}>
            {writing ? 'Exporting…' : 'Export'}
          </Button>
        </>
      }
    >
      <div className={styles.stack}>
        <p className={styles.muted}>
          Writes JSONL in one of TRL’s layouts into the project’s exports folder.
        </p>
        <Select label="Layout" items={layouts} value={layout} onChange={setLayout} />
        {inBothFormats.includes(layout) && (
          <Switch
            isSelected={conversational}
            onChange={setConversational}
            description="Lists of messages with roles, for trainers that apply a chat template."
          >
            As conversations
          </Switch>
        )}
        {narrowed && (
          <Switch
            isSelected={shownOnly}
            onChange={setShownOnly}
            description={page && `The filter leaves ${counted(page.total, 'prompt')}.`}
          >
            Only what the filter leaves
          </Switch>
        )}
        {layout !== 'prompts' && (
          <Switch
            isSelected={includeHeldOut}
            onChange={setIncludeHeldOut}
            description="Leave this off for anything that a model will be trained on."
          >
            Include labels of held-out labelers
          </Switch>
        )}
      </div>
    </Dialog>
  );
}

function Written({ path, rows, onClose }: CallOutput<'export.write'> & { onClose: () => void }) {
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(path).then(() => setCopied(true));
  return (
    <Dialog
      title={`Exported ${counted(rows, 'row')}`}
      isOpen
      onClose={onClose}
      footer={
        <Button variant="primary" autoFocus onPress={onClose}>
          Done
        </Button>
      }
    >
      <div className={styles.path}>
        <code>{path}</code>
        <Button size="sm" icon={copied ? Check : Copy} onPress={copy}>
          {copied ? 'Copied' : 'Copy path'}
        </Button>
      </div>
    </Dialog>
  );
}
