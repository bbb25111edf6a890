import { ConfigurationError } from '../../contract/errors.ts';
import type { JobRequest } from '../request.ts';
import type { Service } from '../service.ts';
import { checkRun } from './check.ts';
import { fill, type RunForm } from './fill.ts';

/**
 * The job that a form asks for, but for its folder; throws a `ConfigurationError` for the first thing wrong. `anew`
 * makes sure that the files of its snapshot are still what they should be.
 */
export async function resolveRun(
  service: Service,
  form: RunForm,
  { anew = true } = {},
): Promise<Omit<JobRequest, 'out'>> {
  const { problems } = await checkRun(service, form);
  if (problems[0]) throw new ConfigurationError(problems[0].message);
  const { algorithm, model, rewardModel, preset, settings, seed, round } = form;
  return {
    ...{ algorithm, model, preset, settings, seed },
    ...(rewardModel !== undefined && { rewardModel }),
    ...(round !== undefined && { round }),
    ...(await fill(service, form, { anew })),
  };
}
