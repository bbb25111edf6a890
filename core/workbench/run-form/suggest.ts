/** A form to begin with: what the project has come to, and its newest snapshot. */
import { join } from 'node:path';
import type { AlgorithmName } from '../../contract/algorithms.ts';
import type { CallArguments, CallResult } from '../../contract/calls.ts';
import type { RunFolder } from '../../project/run-folder.ts';
import { samePath } from '../paths.ts';
import type { Role } from '../request.ts';
import { isFinished, modelOf } from '../run-model.ts';
import { listRuns, runsOf } from '../runs.ts';
import { projectOf, type Service } from '../service.ts';
import type { StarterFiles } from '../starter-files.ts';

/** What the starter has besides the labels of its project. */
const starterTexts: {
  readonly [A in AlgorithmName]: Partial<Record<Role, Parameters<StarterFiles['text']>[0]>>;
} = {
  pretrain: { texts: 'pretraining', validation: 'pretraining.validation' },
  sft: { pretraining: 'pretraining' },
  'reward-model': {},
  ppo: { pretraining: 'pretraining', pretrainingValidation: 'pretraining.validation' },
};

export function suggestRun(
  service: Service,
  { algorithm, round }: CallArguments<'runs.suggest'>,
): CallResult<'runs.suggest'> {
  const project = projectOf(service);
  const runs = listRuns(runsOf(project));
  const policy = round === undefined ? undefined : project.rounds.require(round).policy.path;
  const model = policy ?? startOf[algorithm](runs, service.starter);
  const rewardModel = algorithm === 'ppo' ? newest(runs.filter(inRound(round)), 'reward-model') : undefined;
  const snapshot = algorithm === 'pretrain' ? undefined : project.snapshots.list().at(-1)?.id;
  const isStarter = project.summary().starter;
  return {
    ...{ name: algorithm, algorithm, settings: {}, seed: 0 },
    data: isStarter ? textsOf(algorithm, service.starter) : {},
    preset: (model === undefined ? isStarter : descendsFrom(service.starter.model, model, runs))
      ? 'starter'
      : 'small',
    ...(model !== undefined && { model }),
    ...(rewardModel !== undefined && { rewardModel }),
    ...(snapshot !== undefined && { snapshot }),
    ...(round !== undefined && { round }),
  };
}

/** The newest model of the stage before. */
const startOf: {
  readonly [A in AlgorithmName]: (runs: readonly RunFolder[], starter: StarterFiles) => string | undefined;
} = {
  pretrain: (_runs, starter) => starter.model,
  sft: (runs, starter) => newest(runs, 'pretrain') ?? starter.model,
  'reward-model': (runs) => newest(runs, 'sft'),
  ppo: (runs) => newest(runs, 'sft'),
};

function newest(runs: readonly RunFolder[], algorithm: AlgorithmName): string | undefined {
  const run = runs.find((each) => each.manifest.algorithm === algorithm && isFinished(each));
  return run && modelOf(run);
}

const requestOf = ({ manifest }: RunFolder) =>
  manifest['request'] as { readonly round?: number; readonly model?: unknown } | undefined;

/** Whether a run belongs to a round; every run does to none. */
const inRound = (round: number | undefined) => (run: RunFolder) =>
  round === undefined || requestOf(run)?.round === round;

const textsOf = (algorithm: AlgorithmName, starter: StarterFiles): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(starterTexts[algorithm]).map(([role, name]) => [role, [starter.text(name)]]),
  );

/** Whether a model is another, or was made from it by runs of the project. */
function descendsFrom(base: string, model: unknown, runs: readonly RunFolder[]): boolean {
  if (typeof model !== 'string') return false;
  if (samePath(model, base)) return true;
  const run = runs.find(({ path }) => model.startsWith(join(path, '/')));
  return run !== undefined && descendsFrom(base, requestOf(run)?.model, runs);
}
