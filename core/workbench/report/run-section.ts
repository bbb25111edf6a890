import type { Finding, Lineage, RunDetail, WatchedPrompt } from '../../contract/calls.ts';
import { diagnose } from '../../evaluation/doctor/diagnose.ts';
import type { MetricColumns } from '../../project/metric-columns.ts';
import type { Project } from '../../project/project.ts';
import type { RunFolder } from '../../project/run-folder.ts';
import { readReport } from '../reward-reports.ts';
import { detailOf } from '../run-records/detail.ts';
import { lineageOf } from '../run-records/lineage.ts';
import { watchedAnswers } from '../run-records/samples.ts';
import { modelOf } from '../run-model.ts';
import { projectOf, type Service } from '../service.ts';
import { html, type Html } from './html.ts';
import { rewardSection } from './reward-section.ts';
import { runCharts } from './run-charts.ts';
import { allSettings, changedSettings } from './settings-section.ts';
import { code, facts, paragraph, section, showDuration, showNumber, showTime, table } from './tables.ts';

/** All that is to be told of a run, in the order in which a reader asks. */
export function runSection(service: Service, run: RunFolder): Html {
  const project = projectOf(service);
  const detail = detailOf(service, run);
  const columns = run.metricColumns();
  const { settings, algorithm, name } = detail.run;
  return section(
    2,
    `${name}: ${algorithm}`,
    summary(detail, columns),
    changedSettings(run, settings),
    section(3, 'Charts', runCharts(columns)),
    ...(algorithm === 'ppo' ? [doctor(diagnose(columns, settings))] : []),
    ...rewardModels(project, run),
    section(3, 'Answers to the watched prompts', ...watchedAnswers(run).map(firstAndLast)),
    section(3, 'Began with', sources(detail)),
    lineageSection(lineageOf(project, run)),
    allSettings(run, settings),
  );
}

function summary({ run, device, versions, parent }: RunDetail, { times }: MetricColumns): Html {
  const { step, steps, state, createdAt, seed, tags, note } = run;
  const last = times.at(-1);
  return html`${facts([
    ['Steps', steps > 0 ? `${step} of ${steps}, ${state}` : `${step}, ${state}`],
    ['Begun', showTime(createdAt)],
    [
      'Last step',
      last === undefined ? 'none yet' : `${showTime(last)}, after ${showDuration(last - createdAt)}`,
    ],
    ['Seed', seed],
    ['Device', device],
    [
      'Versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ...(parent ? [['Forked from', html`${code(parent.path)}, step ${parent.step}`] as const] : []),
    ...(tags.length > 0 ? [['Tags', tags.join(', ')] as const] : []),
  ])}${note === '' ? null : html`<div class="text">${note}</div>`}`;
}

function doctor(findings: readonly Finding[]): Html {
  if (findings.length === 0) return section(3, 'Doctor', paragraph('Nothing was found.'));
  return section(
    3,
    'Doctor',
    ...findings.map(
      ({ severity, title, evidence, suggestion, since }) =>
        html`<div class="finding ${severity}">
          <strong>${title}</strong> (${severity}, since step ${since})<br />${evidence}<br />${suggestion}
        </div> `,
    ),
  );
}

/** Of what it made, and of what scored its completions. */
function rewardModels(project: Project, run: RunFolder): Html[] {
  const { algorithm, models } = run.manifest;
  const own = algorithm === 'reward-model' ? [['Reward-model report', modelOf(run)] as const] : [];
  const scoring = models['rewardModel'] && [['Its reward model', models['rewardModel'].path] as const];
  return [...own, ...(scoring ?? [])].map(([title, path]) =>
    rewardSection(readReport(project, path), title, 3),
  );
}

function firstAndLast({ prompt, answers }: WatchedPrompt): Html {
  const [first, last] = [answers[0]!, answers.at(-1)!];
  const shown = first === last ? [first] : [first, last];
  return html`<div class="answers">
    <div class="prompt muted">
      Prompt
      <div class="text">${prompt}</div>
    </div>
    ${shown.map(
      (answer) =>
        html`<div>
          <span class="muted">${describe(answer)}</span>
          <div class="text">${answer.completion}</div>
        </div> `,
    )}
  </div> `;
}

function describe({ step, score, gold, ended }: WatchedPrompt['answers'][number]): string {
  return [
    `Step ${step}`,
    ...(score === null ? [] : [`reward ${showNumber(score)}`]),
    ...(gold === null ? [] : [`hidden preference ${showNumber(gold)}`]),
    ...(ended ? [] : ['cut off']),
  ].join(', ');
}

const sources = ({ models, data }: RunDetail): Html =>
  table(
    ['Role', 'Path', 'SHA-256'],
    [...models, ...data].map(({ role, path, sha256 }) => [role, path, code(sha256)]),
  );

function lineageSection({ nodes, edges }: Lineage): Html {
  const titles = new Map(nodes.map(({ id, title }) => [id, title]));
  const rows = nodes.map(({ id, kind, title, detail }) => [
    ...[kind, title, detail],
    edges
      .filter(({ from }) => from === id)
      .map(({ to, role }) => `${role} of ${titles.get(to)!}`)
      .join('; '),
  ]);
  return section(3, 'Lineage', table(['Kind', 'Name', 'Details', 'It was the'], rows));
}
