import type { CallName } from '../../core/contract/calls.ts';
import type { EventData } from '../../core/contract/events.ts';

type Part = EventData<'changed'>['parts'][number];

/** What each reading call shows of the project: a `changed` event that names one of them makes it read again. */
export const readParts: Partial<Record<CallName, readonly Part[]>> = {
  'prompts.page': ['prompts'],
  'prompts.facets': ['prompts'],
  'prompts.duplicates': ['prompts'],
  'prompts.personalData': ['prompts'],
  'prompts.beyondAuthorLimit': ['prompts'],
  'labelers.list': ['labelers'],
  'labelers.report': ['labelers', 'demonstrations', 'rankings'],
  'labelers.screening': ['labelers', 'rankings'],
  'demonstrate.counts': ['prompts', 'demonstrations'],
  'rank.counts': ['prompts', 'rankings', 'evaluations'],
  'snapshots.list': ['snapshots'],
  'models.list': ['models', 'runs'],
  'runs.list': ['runs'],
  'runs.detail': ['runs'],
  'runs.diskUse': ['runs'],
  'runs.bin': ['runs'],
  'runs.lineage': ['runs', 'snapshots'],
  'runs.suggest': ['runs', 'models', 'snapshots'],
  'rewardModels.report': ['runs'],
  'rewardModels.readiness': ['runs'],
  'evaluations.list': ['evaluations', 'rankings'],
  'evaluations.report': ['evaluations', 'rankings', 'labelers'],
  'rounds.list': ['rounds', 'rankings', 'runs'],
};
