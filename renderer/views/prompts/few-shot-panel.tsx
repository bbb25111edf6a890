import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { TextArea } from '../../components/fields.tsx';
import { SidePanel } from '../../components/side-panel.tsx';
import { perform } from '../../stores/perform.ts';
import {
  composeFewShot,
  emptyFewShot,
  fewShotProblem,
  withPair,
  withPairAdded,
  withPairRemoved,
  type FewShot,
  type Pair,
} from './few-shot.ts';
import { cleaned, emptyDraft } from './prompt-draft.ts';
import { PromptFieldsForm } from './prompt-fields-form.tsx';
import { SaveBar, useUnsaved } from './prompt-panel.tsx';
import styles from './prompt-panel.module.css';
import { changeMade, showPanel } from './prompts-store.ts';

/** Writes a few-shot prompt from its parts. */
export function FewShotPanel() {
  const [fewShot, setFewShot] = useState(emptyFewShot);
  const [draft, setDraft] = useState({ ...emptyDraft, kind: 'few-shot' as const });
  const problem = fewShotProblem(fewShot);
  useUnsaved(fewShot !== emptyFewShot);
  const add = async () => {
    const text = composeFewShot(fewShot);
    const result = await perform('prompts.add', { prompts: [cleaned({ ...draft, text })] });
    if (!result) return;
    changeMade(result.change, 'Added the few-shot prompt');
    // What was written meanwhile stays.
    setFewShot((now) => (now === fewShot ? emptyFewShot : now));
  };
  return (
    <SidePanel title="New few-shot prompt" onClose={() => showPanel(null)} width={400}>
      <div className={styles.form}>
        <Parts fewShot={fewShot} onChange={setFewShot} />
        <PromptFieldsForm
          draft={draft}
          onChange={(change) => setDraft({ ...draft, ...change } as typeof draft)}
        />
        <section aria-label="Preview">
          <h3 className={styles.previewTitle}>Preview</h3>
          <p className={styles.preview}>{composeFewShot(fewShot)}</p>
        </section>
        {problem && <p className={styles.muted}>{problem}</p>}
      </div>
      <SaveBar saveLabel="Add" onSave={problem === null ? () => void add() : null} onRevert={null} />
    </SidePanel>
  );
}

interface PartsProps {
  readonly fewShot: FewShot;
  readonly onChange: (fewShot: FewShot) => void;
}

function Parts({ fewShot, onChange }: PartsProps) {
  return (
    <>
      <TextArea
        label="Instruction"
        placeholder="Say whether the tweet is positive or negative."
        rows={3}
        autoFocus
        value={fewShot.instruction}
        onChange={(instruction) => onChange({ ...fewShot, instruction })}
      />
      <div className={styles.pairs}>
        {fewShot.pairs.map((pair, at) => (
          <PairFields
            key={at}
            number={at + 1}
            pair={pair}
            onChange={(change) => onChange(withPair(fewShot, at, change))}
            onRemove={fewShot.pairs.length > 1 ? () => onChange(withPairRemoved(fewShot, at)) : null}
          />
        ))}
        <div>
          <Button size="sm" variant="quiet" icon={Plus} onPress={() => onChange(withPairAdded(fewShot))}>
            Add an example
          </Button>
        </div>
      </div>
      <TextArea
        label="Query"
        description="The input that is to be answered."
        rows={2}
        value={fewShot.query}
        onChange={(query) => onChange({ ...fewShot, query })}
      />
    </>
  );
}

interface PairFieldsProps {
  readonly number: number;
  readonly pair: Pair;
  readonly onChange: (change: Partial<Pair>) => void;
  readonly onRemove: (() => void) | null;
}

function PairFields({ number, pair, onChange, onRemove }: PairFieldsProps) {
  return (
    <div role="group" aria-label={`Example ${number}`} className={styles.pair}>
      <div className={styles.pairHeader}>
        <span>Example {number}</span>
        {onRemove && <IconButton label={`Remove example ${number}`} icon={X} size="sm" onPress={onRemove} />}
      </div>
      <TextArea label="Input" rows={2} value={pair.input} onChange={(input) => onChange({ input })} />
      <TextArea label="Output" rows={2} value={pair.output} onChange={(output) => onChange({ output })} />
    </div>
  );
}
