/** What is wrong with the form of a run, each beside its field, and what the run would do. */
import { algorithms, type AlgorithmName } from '../../contract/algorithms.ts';
import type { CallResult } from '../../contract/calls.ts';
import { WorkbenchError } from '../../contract/errors.ts';
import { resolveSettings, settingProblems } from '../../contract/settings.ts';
import { describeModel } from '../../model/model.ts';
import { ppoSteps } from '../../training/ppo.ts';
import { rewardModelSteps } from '../../training/reward-model.ts';
import { sftSteps } from '../../training/sft.ts';
import { mostWatched, roleProblems, roles, type Problem } from '../request.ts';
import { projectOf, type Service } from '../service.ts';
import { settingConflicts, type Settings } from '../setting-rules.ts';
import { requireHead, requireSameTokens } from '../sources.ts';
import { countExamples } from './examples.ts';
import { fill, snapshotFiles, type Filled, type RunForm } from './fill.ts';

type Examples = Readonly<Record<string, number>>;

/** Looks at all but the tokens of the texts, which are checked when the run begins. */
export async function checkRun(service: Service, form: RunForm): Promise<CallResult<'runs.check'>> {
  const problems: Problem[] = [];
  const attempt = attemptInto(problems);
  const filled = (await attempt('snapshot', () => fill(service, form))) ?? { data: form.data };
  problems.push(...missingData(service, form, filled));
  const examples = await countAll(form, filled, attempt);
  await attempt('round', () => form.round !== undefined && projectOf(service).rounds.require(form.round));
  const context = await checkModels(form, attempt);
  problems.push(...checkSettings(form, filled, examples, context));
  if (problems.length > 0) return { problems: firstOfFields(problems), steps: null, examples: {} };
  return { problems, steps: stepsOf(form, examples), examples };
}

const firstOfFields = (problems: readonly Problem[]): Problem[] =>
  problems.filter(({ field }, i) => problems.findIndex((other) => other.field === field) === i);

type Attempt = <T>(field: string, look: () => T | Promise<T>) => Promise<T | undefined>;

/** What a person can act on becomes a problem of its field. */
const attemptInto =
  (problems: Problem[]): Attempt =>
  async (field, look) => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof WorkbenchError)) throw error;
      problems.push({ field, message: error.message });
      return undefined;
    }
  };

/** Roles that are not filled or of no use; where a snapshot could have filled one, that is its matter. */
function missingData(service: Service, form: RunForm, { data, snapshot }: Filled): Problem[] {
  const { algorithm } = form;
  return roleProblems({ ...form, data }).map((problem) => {
    const role = roles[algorithm].required.find((each) => problem.field === `data.${each}`);
    const file = role && snapshotFiles[algorithm][role];
    if (!file || data[role]) return problem;
    const [part, split] = file.split('.');
    const message = snapshot
      ? `snapshot ${snapshot.name} has no ${part} of the ${split} split: make another once there are some, or choose a file of ${role}`
      : noSnapshot(service, role);
    return { field: 'snapshot', message };
  });
}

const noSnapshot = (service: Service, role: string): string =>
  projectOf(service).snapshots.list().length === 0
    ? `there is no snapshot of the project's data yet: make one, or choose a file of ${role}`
    : `choose a snapshot of the project's data, or a file of ${role}`;

async function countAll(form: RunForm, { data }: Filled, attempt: Attempt): Promise<Examples> {
  const counts: [string, number][] = [];
  for (const [role, paths] of Object.entries(data)) {
    const field = form.data[role] ? `data.${role}` : 'snapshot';
    const parts = await Promise.all(paths.map((path) => attempt(field, () => countExamples(path, role))));
    const count = parts.reduce<number>((total, part) => total + (part ?? 0), 0);
    counts.push([role, role === 'watched' ? Math.min(count, mostWatched) : count]);
  }
  return Object.fromEntries(counts);
}

/** Returns how many tokens the starting model can read, where it can be read itself. */
async function checkModels({ algorithm, model, rewardModel }: RunForm, attempt: Attempt) {
  const start = await attempt('model', () => {
    const described = { model: describeModel(model), where: model };
    if (algorithm !== 'reward-model') requireHead(described, 'language', `${algorithm} starts from`);
    return described;
  });
  if (rewardModel !== undefined && roles[algorithm].rewardModel !== 'none')
    await attempt('rewardModel', () => {
      const described = { model: describeModel(rewardModel), where: rewardModel };
      requireHead(described, 'scalar', 'completions are scored by');
      if (start) requireSameTokens(described, start);
    });
  return start?.model.config.context ?? Infinity;
}

/** Each by itself and, once all are sound, together. */
function checkSettings(form: RunForm, { data }: Filled, examples: Examples, context: number): Problem[] {
  const { algorithm, model, rewardModel, settings } = form;
  const wrong = settingProblems(algorithms[algorithm], settings);
  if (wrong.length > 0) return wrong.map(({ name, message }) => ({ field: `settings.${name}`, message }));
  return settingConflicts(algorithm, settingsOf(form), {
    has: (role) => data[role] !== undefined,
    rewardModel: rewardModel !== undefined,
    demonstrations: examples['demonstrations'] ?? 0,
    ...{ model, context },
  });
}

type Steps = {
  readonly [A in AlgorithmName]: (settings: Settings<A>, examples: Examples) => number;
};

const steps: Steps = {
  pretrain: (settings) => settings.steps,
  sft: (settings, { demonstrations = 0 }) => sftSteps(demonstrations, settings),
  'reward-model': (settings, { rankings = 0 }) => rewardModelSteps(rankings, settings),
  ppo: ppoSteps,
};

const stepsOf = (form: RunForm, examples: Examples): number =>
  (steps as Record<AlgorithmName, (settings: object, examples: Examples) => number>)[form.algorithm](
    settingsOf(form),
    examples,
  );

const settingsOf = ({ algorithm, preset, settings }: RunForm): Settings<AlgorithmName> =>
  resolveSettings(algorithms[algorithm], preset, settings);
