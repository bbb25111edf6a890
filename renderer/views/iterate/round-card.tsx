import { ArrowDown, FileText, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { CallOutput, Round } from '../../../core/contract/calls.ts';
import { IconButton } from '../../components/button.tsx';
import { TextArea } from '../../components/fields.tsx';
import { useCommands } from '../../shortcuts/commands.ts';
import { agoWords } from '../home/ago.ts';
import { createDraftSaver } from '../labeling/draft-saver.ts';
import { act, annotate, removeRound, useSamplingOf, writeReport } from './iterate-store.ts';
import styles from './iterate.module.css';
import { descends, modelOfRun, nextStage, stagesOf, type Action, type Stage } from './stages.ts';
import { StageBox } from './stage-box.tsx';

interface RoundCardProps {
  readonly round: Round;
  readonly before: Round | undefined;
  readonly isLast: boolean;
  readonly models: CallOutput<'models.list'>;
}

/** One round: its stages from left to right, and below it the next. */
export function RoundCard({ round, before, isLast, models }: RoundCardProps) {
  const work = useSamplingOf(round);
  const stages = stagesOf({ round, isLast, isSampling: work !== undefined });
  const next = nextStage(stages);
  const made = modelOfRun(models, round.ppo);
  const run = (action: Action, stage: Stage) => act(action, { round, stage, made });
  return (
    <li>
      {before && <Descent isDirect={descends(round, before, models)} name={round.policy.name} />}
      <article className={styles.round} aria-label={`Round ${round.number}`}>
        <Head round={round} />
        <ol className={styles.stages}>
          {stages.map((stage) => (
            <StageBox
              key={stage.id}
              stage={stage}
              isNext={stage === next}
              work={stage.id === 'samples' ? work : undefined}
              canUseResult={made !== null}
              onAction={(action) => run(action, stage)}
            />
          ))}
        </ol>
        <Note round={round} />
        {isLast && <NewestCommands round={round} next={next} onAction={run} />}
      </article>
    </li>
  );
}

/** The way from the round before. */
const Descent = ({ isDirect, name }: { readonly isDirect: boolean; readonly name: string }) => (
  <p className={styles.descent}>
    <ArrowDown size={15} aria-hidden />
    {isDirect ? `goes on with ${name}` : `begins anew with ${name}`}
  </p>
);

function Head({ round }: { readonly round: Round }) {
  return (
    <header className={styles.head}>
      <h2>Round {round.number}</h2>
      <span>started {agoWords(round.startedAt, Date.now())}</span>
      <IconButton
        label={`Write the report of round ${round.number}`}
        icon={FileText}
        size="sm"
        onPress={() => void writeReport(round)}
      />
      <IconButton
        label={`Remove round ${round.number}`}
        icon={Trash2}
        size="sm"
        onPress={() => void removeRound(round)}
      />
    </header>
  );
}

const NOTE_DELAY_MS = 1500;

/** Kept soon after it was typed, and at once when the field or the window is left. */
function Note({ round }: { readonly round: Round }) {
  const [note, setNote] = useState(round.note);
  const [saver] = useState(() => createDraftSaver<string>((note) => annotate(round, note), NOTE_DELAY_MS));
  useEffect(() => {
    addEventListener('pagehide', saver.flush);
    return () => {
      removeEventListener('pagehide', saver.flush);
      saver.flush();
    };
  }, [saver]);
  const change = (note: string) => {
    setNote(note);
    saver.change(note);
  };
  return (
    <div className={styles.note}>
      <TextArea
        label={`Note on round ${round.number}`}
        hideLabel
        rows={1}
        placeholder="Note: what was tried, and what came of it"
        value={note}
        maxLength={10_000}
        onChange={change}
        onBlur={saver.flush}
      />
    </div>
  );
}

interface NewestCommandsProps {
  readonly round: Round;
  readonly next: Stage | undefined;
  readonly onAction: (action: Action, stage: Stage) => void;
}

/** The keys of the newest round. */
function NewestCommands({ round, next, onAction }: NewestCommandsProps) {
  const action = next?.actions[0];
  useCommands({
    'iterate.next': next && action ? () => onAction(action, next) : null,
    'iterate.sample': next ? () => onAction('sample', next) : null,
    'iterate.report': () => void writeReport(round),
  });
  return null;
}
