/** What is known of reward models, as it is kept: beside the model of a run, else in the project's `reports`. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { RewardModelReport } from '../contract/calls.ts';
import { readJson, writeFileAtomic } from '../data/files.ts';
import type { Project } from '../project/project.ts';
import { runsOf } from './runs.ts';

type Place = Pick<Project, 'path'>;

/** Where the report of a model is, or will be. */
function reportPath(project: Place, model: string): string {
  const real = existsSync(model) ? realpathSync(model) : model;
  const inside = !relative(runsOf(project), real).startsWith('..');
  if (inside) return join(dirname(real), 'reward-report.json');
  const name = createHash('sha256').update(real).digest('hex').slice(0, 16);
  return join(project.path, 'reports', `reward-model-${name}.json`);
}

/** Null where a model was never measured, or by a version that said other things. */
export function readReport(project: Place, model: string): RewardModelReport | null {
  const path = reportPath(project, model);
  if (!existsSync(path)) return null;
  const stored = readJson(path) as { readonly lengths?: Record<string, number[]> };
  const { tokens = [], rewards = [] } = stored.lengths ?? {};
  const lengths = { tokens: Float32Array.from(tokens), rewards: Float32Array.from(rewards) };
  const report = RewardModelReport.safeParse({ ...stored, lengths });
  return report.success ? report.data : null;
}

export function writeReport(project: Place, report: RewardModelReport): void {
  const { tokens, rewards } = report.lengths;
  const path = reportPath(project, report.model);
  mkdirSync(dirname(path), { recursive: true });
  const plain = { ...report, lengths: { tokens: Array.from(tokens), rewards: Array.from(rewards) } };
  writeFileAtomic(path, JSON.stringify(plain));
}
