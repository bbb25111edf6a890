import type { Rollouts, RunDetail } from '../../../../core/contract/calls.ts';
import { showToast } from '../../../components/toasts.tsx';
import { perform } from '../../../stores/perform.ts';
import { rolloutsOf, type Rollout } from './rollout-table.ts';

/** As many completions as can be ranked together. */
const MOST = 9;
/** Fewer say little about what the labeler prefers: the rest is sampled. */
const WANTED = 4;

/** Queues a rollout with the others of its prompt in that step, and with new samples where those are few. */
export async function sendToRank(rollout: Rollout, data: Rollouts, detail: RunDetail): Promise<void> {
  const others = rolloutsOf(data).filter(
    ({ prompt, completion, index }) =>
      prompt === rollout.prompt && index !== rollout.index && completion !== rollout.completion,
  );
  const completions = [rollout, ...others].slice(0, MOST).map(({ completion, ended }) => ({
    text: completion,
    origin: { kind: 'sampled' as const, name: detail.run.path, settings: { step: data.step, ended } },
  }));
  const model = detail.checkpoints.at(-1)?.model ?? detail.models.find(({ role }) => role === 'model')?.path;
  const missing = WANTED - completions.length;
  const more = model !== undefined && missing > 0 ? { model, count: missing } : null;
  const queued = await perform('rank.add', { prompt: rollout.prompt, completions, more });
  if (!queued) return;
  showToast({
    title:
      queued.work === null ? 'Queued for ranking' : 'More samples are drawn; then it is queued for ranking',
  });
}
