import { BookOpen, History, SendHorizontal, Square } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { Menu } from '../../components/menu.tsx';
import { useKeyOf } from '../../shortcuts/commands.ts';
import type { Model } from '../sampling/models.ts';
import { isWriting } from './conversation.ts';
import styles from './composer.module.css';
import { ask, setDraft, stop, usePlay } from './play-store.ts';
import { SettingsButton } from './settings-button.tsx';

interface ComposerProps {
  /** Reward models. */
  readonly reward: readonly Model[];
  readonly onPick: () => void;
}

/** Where the next question is written, and how it is asked. */
export function Composer({ reward, onPick }: ComposerProps) {
  const { draft, asked } = usePlay();
  const field = useRef<HTMLTextAreaElement>(null);
  const take = (text: string) => {
    setDraft(text);
    field.current?.focus();
  };
  useEffect(() => field.current?.focus(), []);
  return (
    <section className={styles.composer} aria-label="Question">
      <textarea
        ref={field}
        value={draft}
        rows={2}
        aria-label="Your question"
        placeholder="Ask all columns…"
        onChange={(event) => setDraft(event.target.value)}
      />
      <footer>
        <IconButton
          label="Take a prompt of the project"
          icon={BookOpen}
          combo={useKeyOf('play.prompt')}
          onPress={onPick}
        />
        <Menu
          label="Asked in this session"
          trigger={
            <IconButton label="Asked in this session" icon={History} isDisabled={asked.length === 0} />
          }
          items={asked.map((question) => ({
            id: question,
            label: question.length > 80 ? `${question.slice(0, 80)}…` : question,
            onAction: () => take(question),
          }))}
        />
        <SettingsButton reward={reward} />
        <AskButton canAsk={draft.trim() !== ''} />
      </footer>
    </section>
  );
}

function AskButton({ canAsk }: { readonly canAsk: boolean }) {
  const writing = usePlay(({ turns }) => turns.some(isWriting));
  const hasColumns = usePlay(({ columns }) => columns.length > 0);
  const askKey = useKeyOf('play.ask');
  const stopKey = useKeyOf('play.stop');
  if (writing)
    return (
      <Button icon={Square} combo={stopKey} onPress={stop}>
        Stop
      </Button>
    );
  return (
    <Button
      variant="primary"
      icon={SendHorizontal}
      combo={askKey}
      isDisabled={!canAsk || !hasColumns}
      onPress={ask}
    >
      Ask
    </Button>
  );
}
