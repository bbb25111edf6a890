/** A new run as the person fills it in, and the form that it makes. */
import { algorithms, type AlgorithmName } from '../../../../core/contract/algorithms.ts';
import type { CallOutput, RunForm } from '../../../../core/contract/calls.ts';
import { resolveSettings, type PresetName } from '../../../../core/contract/settings.ts';
import {
  changedSettings,
  settingProblems,
  showSetting,
  type SettingInputs,
  type SettingValues,
} from './inputs.ts';

export interface Draft {
  readonly algorithm: AlgorithmName;
  readonly name: string;
  readonly model: string | null;
  readonly rewardModel: string | null;
  readonly snapshot: number | null;
  /** Paths by role, as they are typed. */
  readonly data: Readonly<Record<string, readonly string[]>>;
  readonly preset: PresetName;
  /** Those that were touched; the others are the preset's. */
  readonly settings: SettingInputs;
  readonly seed: string;
  readonly round: number | null;
}

/** What the fields of a draft are given. */
export interface FieldsProps {
  readonly draft: Draft;
  /** What is wrong, by field. */
  readonly problems: Readonly<Record<string, string>>;
  readonly onChange: (change: Partial<Draft>) => void;
}

/** What the project suggests, with what was asked for in its place. */
export type Suggestion = Partial<CallOutput<'runs.suggest'>> & Pick<RunForm, 'algorithm'>;

export function draftOf(suggested: Suggestion, asked: Suggestion): Draft {
  const form = { ...suggested, ...asked };
  return {
    algorithm: asked.algorithm,
    name: form.name ?? asked.algorithm,
    model: form.model ?? null,
    rewardModel: form.rewardModel ?? null,
    snapshot: form.snapshot ?? null,
    data: { ...suggested.data, ...asked.data },
    preset: form.preset ?? 'starter',
    settings: Object.fromEntries(
      Object.entries({ ...suggested.settings, ...asked.settings }).map(([name, value]) => [
        name,
        showSetting(value),
      ]),
    ),
    seed: String(form.seed ?? 0),
    round: form.round ?? null,
  };
}

/** The settings of its preset. */
export const presetSettings = ({ algorithm, preset }: Pick<Draft, 'algorithm' | 'preset'>): SettingValues =>
  resolveSettings(algorithms[algorithm], preset);

/** Whether an algorithm has completions scored by a reward model. */
export const rewardModelUse: Readonly<Record<AlgorithmName, 'none' | 'optional' | 'required'>> = {
  pretrain: 'none',
  sft: 'optional',
  'reward-model': 'none',
  ppo: 'required',
};

/** What is wrong with a draft before anybody is asked, by field. */
export function localProblems(draft: Draft): Readonly<Record<string, string>> {
  const { algorithm, name, model, rewardModel, seed } = draft;
  const problems = settingProblems(algorithms[algorithm], draft.settings);
  const missing = (field: string, isMissing: boolean, message: string) =>
    isMissing && [[field, message] as const];
  return Object.fromEntries([
    ...problems.map(([setting, message]) => [`settings.${setting}`, message] as const),
    ...[
      missing('name', name.trim() === '', 'Give it a name.'),
      missing('model', model === null, 'Choose the model to begin from.'),
      missing(
        'rewardModel',
        rewardModelUse[algorithm] === 'required' && rewardModel === null,
        'Choose the reward model that scores completions.',
      ),
      missing('seed', !/^-?\d+$/.test(seed.trim()), 'The seed is a whole number.'),
    ].flatMap((problem) => problem || []),
  ]);
}

/** What is sent; null while something is missing or outside its range. */
export function formOf(draft: Draft): RunForm | null {
  const { algorithm, name, model, rewardModel, snapshot, preset, seed, round } = draft;
  if (model === null || Object.keys(localProblems(draft)).length > 0) return null;
  const usesRewardModel = rewardModelUse[algorithm] !== 'none' && rewardModel !== null;
  return {
    algorithm,
    name: name.trim(),
    model,
    preset,
    data: filesOf(draft),
    settings: changedSettings(algorithms[algorithm], presetSettings(draft), draft.settings),
    seed: Number(seed),
    ...(usesRewardModel && { rewardModel }),
    ...(snapshot !== null && { snapshot }),
    ...(round !== null && { round }),
  };
}

const filesOf = ({ data }: Draft): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(data)
      .map(([role, paths]) => [role, paths.map((path) => path.trim()).filter((path) => path !== '')] as const)
      .filter(([, paths]) => paths.length > 0),
  );
