import { Flag, SkipForward, Sparkle, Undo2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { Prompt } from '../../../core/contract/entities.ts';
import { Button } from '../../components/button.tsx';
import { useKeyOf } from '../../shortcuts/commands.ts';
import { useSettings } from '../../stores/session.ts';
import { ItemNotices } from '../labeling/item-notices.tsx';
import { PromptPane } from '../labeling/prompt-pane.tsx';
import type { ReasonKind } from '../labeling/reason-dialog.tsx';
import screen from '../labeling/screen.module.css';
import styles from './demonstrate-item.module.css';
import { revert, startFromModel, submit, undo, useDemonstrate, write } from './demonstrate-store.ts';
import { isChanged, submitProblem, type DemonstrationItem, type Writing } from './demonstration.ts';
import { TokenMeter } from './token-meter.tsx';
import { useModels } from './use-models.ts';

interface ItemProps {
  readonly item: DemonstrationItem;
  readonly onReason: (kind: ReasonKind) => void;
}

/** One prompt and the answer being written to it. */
export function DemonstrateItem({ item, onReason }: ItemProps) {
  const writing = useDemonstrate((state) => state.writing);
  if (writing === null) return null;
  return (
    <>
      <div className={screen.content}>
        <ItemNotices status={item.status} wasSubmitted={item.submitted !== null} flag={item.flag} />
        <PromptPane prompt={item.prompt} />
        <Editor prompt={item.prompt} writing={writing} />
      </div>
      <footer className={screen.dock}>
        <Actions writing={writing} onReason={onReason} />
      </footer>
    </>
  );
}

function Editor({ prompt, writing }: { readonly prompt: Prompt; readonly writing: Writing }) {
  const ref = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    ref.current?.focus();
    ref.current?.setSelectionRange(writing.text.length, writing.text.length);
    // Where one left off, when the prompt is another; not at every key.
  }, [prompt.id]);
  return (
    <section className={styles.editor} aria-label="Your answer">
      <header>
        <label htmlFor="demonstration">Your answer</label>
        <StartButton isEmpty={writing.text === ''} />
      </header>
      <textarea
        key={prompt.id}
        id="demonstration"
        ref={ref}
        value={writing.text}
        placeholder="Write the answer that you would want the model to give."
        onChange={(event) => write(event.target.value)}
      />
      <Under prompt={prompt.text} writing={writing} />
    </section>
  );
}

function StartButton({ isEmpty }: { readonly isEmpty: boolean }) {
  const isAllowed = useSettings()?.labeling.startFromModel ?? false;
  const isAnswering = useDemonstrate((state) => state.isAnswering);
  const key = useKeyOf('demonstrate.start');
  const { model } = useModels();
  if (!isAllowed || !model || !isEmpty) return null;
  return (
    <Button
      variant="quiet"
      size="sm"
      icon={Sparkle}
      combo={key}
      isDisabled={isAnswering}
      onPress={() => void startFromModel(model.path)}
    >
      {isAnswering ? `${model.name} is answering…` : 'Start from a model’s answer'}
    </Button>
  );
}

/** What is known of the text: its tokens, and whether it is on disk. */
function Under({ prompt, writing }: { readonly prompt: string; readonly writing: Writing }) {
  const isSaved = useDemonstrate((state) => state.isSaved);
  return (
    <footer className={styles.under}>
      <TokenMeter prompt={prompt} text={writing.text} />
      {writing.startedFrom && <span>Began from a model’s answer</span>}
      <span className={styles.saved}>{savedText(writing, isSaved)}</span>
      {isChanged(writing) && (
        <Button variant="quiet" size="sm" onPress={revert}>
          Back to what I submitted
        </Button>
      )}
    </footer>
  );
}

function savedText(writing: Writing, isSaved: boolean): string {
  if (!isSaved) return 'Saving…';
  if (writing.submitted === writing.text) return 'Submitted';
  return writing.text === '' ? '' : 'Draft saved';
}

function Actions({ writing, onReason }: Pick<ItemProps, 'onReason'> & { readonly writing: Writing }) {
  return (
    <div className={screen.actions}>
      <span className={screen.status} />
      <Button variant="quiet" icon={Undo2} combo={useKeyOf('demonstrate.undo')} onPress={() => void undo()}>
        Undo
      </Button>
      <Button
        variant="quiet"
        icon={Flag}
        combo={useKeyOf('demonstrate.flag')}
        onPress={() => onReason('flag')}
      >
        Flag
      </Button>
      <Button
        variant="quiet"
        icon={SkipForward}
        combo={useKeyOf('demonstrate.skip')}
        onPress={() => onReason('skip')}
      >
        Skip
      </Button>
      <Button
        variant="primary"
        combo={useKeyOf('demonstrate.submit')}
        isDisabled={submitProblem(writing) !== null}
        onPress={submit}
      >
        Submit
      </Button>
    </div>
  );
}
