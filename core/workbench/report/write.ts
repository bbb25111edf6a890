/** Reports: what was done and what came of it, as one file that can be read anywhere and for ever. */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CallArguments, CallOutput, EvaluationReport, Round } from '../../contract/calls.ts';
import { ProjectError } from '../../contract/errors.ts';
import { writeFileAtomic } from '../../data/files.ts';
import type { RunFolder } from '../../project/run-folder.ts';
import { isWithin } from '../paths.ts';
import { roundsOf } from '../rounds.ts';
import { findRun, freePath } from '../runs.ts';
import { projectOf, readInThread, type Service } from '../service.ts';
import { evaluationSection } from './evaluation-section.ts';
import { html, page, type Html } from './html.ts';
import { runSection } from './run-section.ts';
import { style } from './style.ts';
import { facts, paragraph, section, showPercent, showTime } from './tables.ts';

/** What a report is of. */
interface Subject {
  readonly title: string;
  readonly introduction: Html;
  readonly runs: readonly RunFolder[];
}

/** Writes it to `<project>/reports/<name>-<time>.html`. */
export async function writeReport(
  service: Service,
  asked: CallArguments<'reports.write'>,
): Promise<CallOutput<'reports.write'>> {
  const now = Date.now();
  const project = projectOf(service);
  const subject = 'run' in asked ? ofRun(service, asked.run) : ofRound(service, asked.round);
  const evaluations = await evaluationsOf(service, subject);
  if (projectOf(service) !== project)
    throw new ProjectError(`the project ${project.name} was closed before its report was written`);
  const text = render(service, subject, evaluations, now);
  const path = newReport(join(project.path, 'reports'), subject.title, now);
  writeFileAtomic(path, text);
  return { path, html: text };
}

/** Those that a model of one of the runs took part in. */
function evaluationsOf(service: Service, { runs }: Subject): Promise<EvaluationReport[]> {
  const concerns = (model: string) => runs.some(({ path }) => isWithin(model, path));
  const found = projectOf(service)
    .evaluations.list()
    .filter(({ models }) => models.some(({ path }) => concerns(path)));
  return Promise.all(found.map(({ id }) => readInThread(service, 'evaluations.report', { id })));
}

function render(
  service: Service,
  { title, introduction, runs }: Subject,
  evaluations: readonly EvaluationReport[],
  now: number,
): string {
  const project = projectOf(service);
  const body = html`<h1>${title}</h1>
    <p class="muted">Project ${project.name}, ${showTime(now)}</p>
    ${introduction}${runs.map((run) => runSection(service, run))} ${evaluationSection(evaluations)}`;
  return page({ title: `${title} · ${project.name}`, style, body });
}

function ofRun(service: Service, path: string): Subject {
  const run = findRun(projectOf(service), path);
  return { title: basename(run.path), introduction: html``, runs: [run] };
}

/** Its stages in their order, and then the runs among them. */
function ofRound(service: Service, id: number): Subject {
  const round = roundsOf(service).find((each) => each.id === id);
  if (!round) throw new ProjectError(`there is no round ${id}: choose one of the list`);
  const begun = [round.rewardModel, round.ppo].filter((run) => run !== null && run.state !== 'queued');
  return {
    title: `Round ${round.number}`,
    introduction: stages(round),
    runs: begun.map((run) => findRun(projectOf(service), run!.path)),
  };
}

function stages({ policy, startedAt, items, ranked, rewardModel, accuracy, ppo, note }: Round): Html {
  const listed = facts([
    ['Started', showTime(startedAt)],
    ['1. Policy that it began with', policy.name],
    ['2. Sampled ranking items', items],
    ['3. Ranked', `${ranked} of ${items}`],
    ['4. Reward model', rewardModel?.name ?? 'none yet'],
    ['Its accuracy on held-out pairs', accuracy === null ? '–' : showPercent(accuracy)],
    ['5. PPO', ppo?.name ?? 'none yet'],
  ]);
  return section(2, 'Stages', listed, note === '' ? html`` : paragraph(note));
}

function newReport(folder: string, title: string, now: number): string {
  mkdirSync(folder, { recursive: true });
  const name = title.toLowerCase().replace(/[^\p{L}\p{N}._-]+/gu, '-');
  const time = new Date(now).toISOString().slice(0, 19).replace(/[:T]/g, '-');
  return freePath(folder, `${name}-${time}`, '.html');
}
