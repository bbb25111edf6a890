import { metadataLabels, type MetadataLabel } from '../../../core/contract/entities.ts';
import { useCommands, type Handler } from '../../shortcuts/commands.ts';
import { useSettings } from '../../stores/session.ts';
import type { ReasonKind } from '../labeling/reason-dialog.tsx';
import { rankForTraining } from './judging.ts';
import { digitHandlers } from './rank-commands.ts';
import * as rank from './rank-store.ts';
import { isRanked, type Ranking } from './ranking.ts';

export type RankDialog = ReasonKind | 'sample' | 'order';

export interface DialogProps {
  readonly onDialog: (dialog: RankDialog) => void;
}

/** Lends the keys of the screen what they do now: it depends on the stage and on how many completions there are. */
export function useRankCommands(onDialog: (dialog: RankDialog) => void): void {
  const state = rank.useRank();
  const { ranking, stage, origins, reveal } = state;
  const isEvaluation = rank.rankQueue.use(({ evaluation }) => evaluation !== null);
  const labeling = useSettings()?.labeling;
  const isFixed = origins !== null;
  const isRating = stage === 'rate' && labeling !== undefined && !isFixed;
  const canRank = ranking !== null && stage === 'rank' && !isFixed;
  const compares = canRank && rank.pairIn(state) !== null;
  const isPair = canRank && ranking.ids.length === 2;
  const moveOn = labeling?.metadataLabels.length === 0;
  const when = (holds: boolean, handler: Handler) => (holds ? handler : null);
  const hasItem = ranking !== null;

  useCommands({
    ...digitHandlers('rank.rate', isRating && labeling.likert ? 7 : 0, (overall) =>
      rank.rateFocused(overall, moveOn),
    ),
    ...labelHandlers(isRating ? labeling.metadataLabels : []),
    ...digitHandlers('rank.slot', compares ? 2 : canRank ? ranking.ids.length : 0, (number) =>
      compares ? rank.choose(number === 1 ? 'left' : 'right') : rank.assignRank(number),
    ),
    'rank.submit': when(hasItem, isRating ? () => rank.setStage('rank') : rank.submit),
    'rank.go': hasItem ? goOn(ranking, isRating, isFixed) : null,
    'rank.better': when(canRank && !compares, () => rank.shiftRank(-1)),
    'rank.worse': when(canRank && !compares, () => rank.shiftRank(1)),
    'rank.unrank': when(canRank && !compares, rank.unrank),
    'rank.clear': when(canRank, rank.clearRanks),
    'rank.nextCard': when(hasItem && !compares, () => rank.focusBy(1)),
    'rank.previousCard': when(hasItem && !compares, () => rank.focusBy(-1)),
    'rank.left': when(compares, () => rank.choose('left')),
    'rank.right': when(compares, () => rank.choose('right')),
    'rank.tie': when(compares, () => rank.choose('tie')),
    'rank.bothBad': when(compares && isPair, () => rank.choose('bothBad')),
    'rank.pairwise': when(canRank, rank.togglePairwise),
    'rank.stage': when(hasItem && labeling !== undefined, () =>
      rank.setStage(stage === 'rate' ? 'rank' : 'rate'),
    ),
    'rank.differences': when(hasItem, rank.toggleDifferences),
    'rank.undo': () => void rank.undo(),
    'rank.undoMod': () => void rank.undo(),
    'rank.redo': rank.redo,
    'rank.next': when(hasItem, () => void rank.go('next')),
    'rank.previous': () => void rank.go('previous'),
    'rank.skip': when(hasItem && !isFixed, () => onDialog('skip')),
    'rank.flag': when(hasItem && !isFixed, () => onDialog('flag')),
    'rank.reveal': () => rank.setReveal(!reveal),
    'rank.sample': when(!isEvaluation, () => onDialog('sample')),
    'rank.order': when(!isEvaluation, () => onDialog('order')),
    'rank.forTraining': when(isEvaluation, rankForTraining),
  });
}

const labelHandlers = (shown: readonly MetadataLabel[]): Record<string, Handler | null> =>
  Object.fromEntries(
    (Object.keys(metadataLabels) as MetadataLabel[]).map((name) => [
      `rank.label.${name}`,
      shown.includes(name) ? () => rank.turnLabel(name) : null,
    ]),
  );

/** Enter while rating goes to the next completion; it submits only what is ranked in full. */
function goOn(ranking: Ranking, isRating: boolean, isFixed: boolean): Handler | null {
  if (isRating) return rank.nextToRate;
  return isFixed || isRanked(ranking) ? rank.submit : null;
}
