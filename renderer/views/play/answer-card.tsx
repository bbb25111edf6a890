import { Copy, CornerDownRight, Ellipsis, ListOrdered, PenLine } from 'lucide-react';
import { memo } from 'react';
import { IconButton } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { Menu } from '../../components/menu.tsx';
import { Badge } from '../../components/text.tsx';
import { useLabeler } from '../../stores/session.ts';
import { byReward, candidatesWith, type Answer, type AnswerPlace, type Cell } from './conversation.ts';
import styles from './play.module.css';
import { chooseAnswer, usePlay } from './play-store.ts';
import { MORE, sendToDemonstrate, sendToRank } from './send.ts';

interface AnswerCardProps {
  readonly place: AnswerPlace;
  readonly cell: Cell;
  readonly name: string;
  readonly hasRewards: boolean;
  /** Whether the conversation can go on with it instead. */
  readonly canChoose: boolean;
}

export const AnswerCard = memo(function AnswerCard(props: AnswerCardProps) {
  const { place, cell, name, hasRewards } = props;
  const answer = cell.answers[place.sample]!;
  const isBest =
    cell.answers.length > 1 && answer.reward !== null && byReward(cell.answers)[0] === place.sample;
  return (
    <article className={styles.answer} aria-label={name} aria-busy={answer.state === 'writing'}>
      <div className={classes(styles.text, answer.state === 'writing' && styles.writing)}>
        {answer.text || (answer.state === 'writing' ? '' : <em>It said nothing.</em>)}
      </div>
      <footer className={styles.facts}>
        {hasRewards && <Reward answer={answer} />}
        {isBest && <Badge tone="success">best of {cell.answers.length}</Badge>}
        {cell.chosen === place.sample && <Badge tone="accent">chosen</Badge>}
        <span>{factsOf(answer)}</span>
        {answer.state !== 'writing' && <AnswerMenu {...props} />}
      </footer>
    </article>
  );
}, isSame);

/** Places are made anew at every drawing. */
function isSame(before: AnswerCardProps, now: AnswerCardProps): boolean {
  return (
    before.cell === now.cell && before.place.sample === now.place.sample && before.canChoose === now.canChoose
  );
}

const Reward = ({ answer: { reward, state } }: { readonly answer: Answer }) => (
  <span className={styles.reward}>
    reward <b>{reward === null ? (state === 'writing' ? '…' : '–') : reward.toFixed(2)}</b>
  </span>
);

const ENDS: Record<Answer['state'], string> = {
  writing: 'writing…',
  ended: 'ended by itself',
  cut: 'cut off',
  stopped: 'stopped',
};

const factsOf = ({ tokens, state }: Answer): string =>
  state === 'writing' && tokens === 0
    ? 'waiting…'
    : `${tokens} ${tokens === 1 ? 'token' : 'tokens'}, ${ENDS[state]}`;

function AnswerMenu({ place, cell, name, canChoose }: AnswerCardProps) {
  const hasLabeler = useLabeler() !== null;
  const alone = usePlay(({ turns }) => candidatesWith(turns, place).length === 1);
  const { text } = cell.answers[place.sample]!;
  const isEmpty = text.trim() === '';
  const goOn = {
    id: 'choose',
    label: 'Go on with this answer',
    icon: CornerDownRight,
    onAction: () => chooseAnswer(place.turn, place.column, place.sample),
  };
  return (
    <Menu
      label={name}
      trigger={<IconButton label={`Actions for ${name.toLowerCase()}`} icon={Ellipsis} size="sm" />}
      items={[
        ...(canChoose ? [goOn] : []),
        {
          id: 'demonstrate',
          label: 'Send to Demonstrate',
          description: hasLabeler ? 'As a draft, to make better' : 'Choose a labeler first',
          icon: PenLine,
          isDisabled: isEmpty,
          onAction: () => void sendToDemonstrate(place),
        },
        {
          id: 'rank',
          label: 'Send to Rank',
          description: alone
            ? `With ${MORE} more of the same model`
            : 'With the other answers to the same question',
          icon: ListOrdered,
          isDisabled: isEmpty,
          onAction: () => void sendToRank(place),
        },
        {
          id: 'copy',
          label: 'Copy the text',
          icon: Copy,
          onAction: () => void navigator.clipboard.writeText(text),
        },
      ]}
    />
  );
}
