/** Sends an exchange to where people judge it. */
import { showToast } from '../../components/toasts.tsx';
import { perform } from '../../stores/perform.ts';
import { useSession } from '../../stores/session.ts';
import { goTo } from '../../stores/ui.ts';
import { candidatesWith, exchangeAt, type AnswerPlace } from './conversation.ts';
import { usePlay } from './play-store.ts';

/** Others that are sampled where there is one answer alone. */
export const MORE = 3;

/** As a draft, for the person to make better. */
export async function sendToDemonstrate(place: AnswerPlace): Promise<void> {
  const exchange = exchangeAt(usePlay.getState().turns, place);
  const labeler = useSession.getState().project?.labeler?.id;
  if (!exchange) return;
  if (labeler === undefined) return sayWhoIsNeeded();
  const { prompt, answer } = exchange;
  if (!(await perform('demonstrate.add', { labeler, prompt, text: answer.text }))) return;
  showToast({
    tone: 'success',
    title: 'Queued in Demonstrate as your draft',
    action: { label: 'Go to Demonstrate', onPress: () => goTo('demonstrate') },
  });
}

const sayWhoIsNeeded = (): void =>
  showToast({
    title: 'A demonstration needs a labeler: choose who you are first.',
    action: { label: 'Choose a labeler', onPress: () => goTo('labelers') },
  });

/** With what else answers the same; one alone with others of its model. */
export async function sendToRank(place: AnswerPlace): Promise<void> {
  const { turns } = usePlay.getState();
  const exchange = exchangeAt(turns, place);
  const completions = candidatesWith(turns, place);
  if (!exchange || completions.length === 0) return;
  const more = completions.length === 1 ? { model: exchange.cell.model, count: MORE } : null;
  if (!(await perform('rank.add', { prompt: exchange.prompt, completions, more }))) return;
  showToast({
    tone: 'success',
    title: more
      ? `${MORE} more are sampled; then it is queued in Rank`
      : `${completions.length} answers queued in Rank`,
    action: { label: 'Go to Rank', onPress: () => goTo('rank') },
  });
}
