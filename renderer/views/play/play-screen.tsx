import { MessagesSquare } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorMessage, Spinner } from '../../components/text.tsx';
import { useCommands } from '../../shortcuts/commands.ts';
import { useProject } from '../../stores/session.ts';
import { useCall } from '../../stores/use-call.ts';
import { Announcer } from '../labeling/announcer.tsx';
import { useModels, type Model } from '../sampling/models.ts';
import { ColumnHeads } from './column-heads.tsx';
import { Composer } from './composer.tsx';
import { isWriting } from './conversation.ts';
import { firstModels, nextModel } from './column-models.ts';
import './play-commands.ts';
import styles from './play.module.css';
import { PlayToolbar } from './play-toolbar.tsx';
import * as play from './play-store.ts';
import { PromptPicker } from './prompt-picker.tsx';
import { TurnView } from './turn-view.tsx';

/** One question to several models, their answers side by side. */
export function PlayScreen() {
  const project = useProject()?.path ?? '';
  const { models, error } = useModels();
  useEffect(() => play.openPlay(project), [project]);
  useEffect(() => {
    if (models) play.beginWith(firstModels(models.language));
  }, [project, models]);
  useEndingOf(project);
  useReadings();
  return (
    <div className={styles.screen}>
      {error && <ErrorMessage>{error}</ErrorMessage>}
      {!models && !error && <Spinner label="Looking for models…" />}
      {models && <Playing language={models.language} reward={models.reward} />}
      <Announcer />
    </div>
  );
}

/** Takes the first prompt of a project for what all of its prompts end with. */
function useEndingOf(project: string): void {
  const first = useCall('prompts.page', { filter: {}, offset: 0, limit: 1 }).data?.rows[0]?.text ?? '';
  useEffect(() => play.endLike(first), [project, first]);
}

/** Looks at how the models of the columns read; what of one cannot be read is said when it is asked. */
function useReadings(): void {
  const columns = play.usePlay((state) => state.columns);
  useEffect(() => {
    for (const { model } of columns) play.lookAt(model).catch(() => {});
  }, [columns]);
}

interface PlayingProps {
  readonly language: readonly Model[];
  readonly reward: readonly Model[];
}

function Playing({ language, reward }: PlayingProps) {
  const [picking, setPicking] = useState(false);
  const { columns, turns } = play.usePlay();
  const writing = turns.some(isWriting);
  const canAsk = columns.length > 0 && !writing;
  const addModel = columns.length < play.MOST_COLUMNS ? nextModel(language, columns) : undefined;
  useCommands({
    'play.ask': canAsk ? play.ask : null,
    'play.stop': writing ? play.stop : null,
    'play.again': canAsk && turns.length > 0 ? play.askAgain : null,
    'play.edit': turns.length > 0 ? play.editLast : null,
    'play.clear': turns.length > 0 ? play.clear : null,
    'play.prompt': () => setPicking(true),
    'play.addModel': addModel === undefined ? null : () => play.addColumn(addModel),
  });
  return (
    <>
      <PlayToolbar addModel={addModel} />
      <Conversation language={language} />
      <Composer reward={reward} onPick={() => setPicking(true)} />
      {picking && <PromptPicker onClose={() => setPicking(false)} onPick={play.setDraft} />}
    </>
  );
}

function Conversation({ language }: Pick<PlayingProps, 'language'>) {
  const { columns, turns } = play.usePlay();
  const scroller = useFollowedEnd(turns.length);
  return (
    <div ref={scroller} className={styles.scroller} role="region" aria-label="Conversation" tabIndex={0}>
      <div className={styles.columns} data-columns={columns.length}>
        <ColumnHeads columns={columns} models={language} />
        {turns.map((turn, at) => (
          <TurnView key={turn.id} turn={turn} columns={columns} isLast={at === turns.length - 1} />
        ))}
      </div>
      {turns.length === 0 && (
        <EmptyState icon={MessagesSquare} title="Ask the models something">
          Every column answers the same question and goes on from its own answers. With a reward model, each
          answer has its score, and the best of several comes first.
        </EmptyState>
      )}
    </div>
  );
}

/** Shows each new turn from its beginning. */
function useFollowedEnd(turns: number) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const last = ref.current?.querySelector('[data-turn]:last-child');
    last?.scrollIntoView({ block: 'start' });
  }, [turns]);
  return ref;
}
