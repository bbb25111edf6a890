import { Check, ShieldCheck } from 'lucide-react';
import type { RankingItem } from '../../../core/contract/calls.ts';
import type { MenuItem } from '../../components/menu.tsx';
import { showToast } from '../../components/toasts.tsx';
import { perform } from '../../stores/perform.ts';
import { useCall } from '../../stores/use-call.ts';
import { rankQueue, useRank } from './rank-store.ts';

/** The menu's row that lets the shown item screen labelers, by the answer that its owner submitted. */
export function useScreeningRow(): MenuItem {
  const { item, labeler } = rankQueue.use();
  const isSubmitted = useRank(({ origins }) => origins !== null) || (item?.submitted ?? null) !== null;
  const screening = useCall('labelers.screening', {}).data;
  const isForeign = screening ? screening.owner !== labeler : false;
  const isScreening = item !== null && !isForeign && (screening?.items.includes(item.id) ?? false);
  return {
    id: 'screening',
    label: 'Use as screening item',
    description: describe(isSubmitted, isForeign),
    icon: isScreening ? Check : ShieldCheck,
    isDisabled: !isSubmitted || isForeign || screening === undefined,
    onAction: () => item && void toggle(item, labeler, screening?.items ?? []),
  };
}

function describe(isSubmitted: boolean, isForeign: boolean): string {
  if (isForeign) return 'Somebody else’s answers screen labelers already';
  return isSubmitted ? 'Measures other labelers by your answer' : 'Submit your own answer first';
}

async function toggle({ id }: RankingItem, owner: number, before: readonly number[]): Promise<void> {
  const others = before.filter((item) => item !== id);
  const items = others.length < before.length ? others : [...before, id];
  if (!(await perform('labelers.setScreening', { owner, items }))) return;
  showToast({
    title: items.length === 1 ? '1 item screens labelers' : `${items.length} items screen labelers`,
  });
}
