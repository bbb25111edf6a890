import { Check, Columns2, Diff, Dices, Ellipsis, Eye, ListOrdered } from 'lucide-react';
import { IconButton } from '../../components/button.tsx';
import { Menu } from '../../components/menu.tsx';
import { useKeyOf } from '../../shortcuts/commands.ts';
import type { DialogProps } from './use-rank-commands.ts';
import {
  comparesNow,
  rankQueue,
  setReveal,
  toggleDifferences,
  togglePairwise,
  useRank,
} from './rank-store.ts';
import { useScreeningRow } from './screening.ts';

/** What acts on the whole queue or on how it is shown. */
export function RankMenu({ onDialog }: DialogProps) {
  const state = useRank();
  const { reveal, differences, ranking, stage } = state;
  const pairwiseKey = useKeyOf('rank.pairwise');
  const isEvaluation = rankQueue.use(({ evaluation }) => evaluation !== null);
  const screening = useScreeningRow();
  const differencesKey = useKeyOf('rank.differences');
  const trainingRows = [
    { id: 'sample', label: 'Sample completions…', icon: Dices, onAction: () => onDialog('sample') },
    { id: 'order', label: 'Order of the queue…', icon: ListOrdered, onAction: () => onDialog('order') },
  ];
  return (
    <Menu
      label="More of the ranking queue"
      trigger={<IconButton label="More" icon={Ellipsis} />}
      items={[
        ...(isEvaluation ? [] : trainingRows),
        {
          id: 'pairwise',
          label: 'Compare two at a time',
          icon: comparesNow(state) ? Check : Columns2,
          combo: pairwiseKey,
          isDisabled: ranking === null || stage === 'rate',
          onAction: togglePairwise,
        },
        {
          id: 'differences',
          label: 'Show differences',
          icon: differences ? Check : Diff,
          combo: differencesKey,
          onAction: toggleDifferences,
        },
        {
          id: 'reveal',
          label: 'Show origins after each submit',
          icon: reveal ? Check : Eye,
          onAction: () => setReveal(!reveal),
        },
        ...(isEvaluation ? [] : [screening]),
      ]}
    />
  );
}
