/**
 * Labels a project until it is killed: `node label-forever.ts <folder>`. Says after each call what is then promised
 * to be on disk, one JSON object a line.
 */
import { writeSync } from 'node:fs';
import { Project } from '../../../core/project/project.ts';

const project = Project.open(process.argv[2]!);
const labeling = { overlap: 0, order: 'random', reask: 0.3 } as const;
const { id: labeler } =
  project.labelers.list().find(({ name }) => name === 'Ann') ?? project.labelers.add({ name: 'Ann' });
const effort = { activeMs: 10, idleMs: 0 };
const say = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`);

for (let i = 0; ; i++) {
  const item = project.rankings.item({ labeler, move: 'stay' }, labeling);
  if (item === null) break;
  const shownOrder = item.candidates.map(({ id }) => id);
  const ranks = Object.fromEntries(shownOrder.map((id, place) => [String(id), 1 + (place % 3)]));
  project.rankings.saveDraft({ labeler, item: item.id, draft: { ratings: {}, ranks } });
  say({ kind: 'draft', item: item.id, ranks });
  const answer = { ratings: {}, ranks };
  const label = {
    labeler,
    item: item.id,
    verdict: 'ranked' as const,
    answer,
    shownOrder,
    seed: item.seed,
    effort,
  };
  const { change } = project.rankings.submit(label, labeling);
  say({ kind: 'submitted', item: item.id, change, ranks });
  const prompt = project.demonstrations.item({ labeler, move: 'stay' })?.prompt;
  if (prompt === undefined) continue;
  const text = `answer ${i} to ${prompt.text}`;
  project.demonstrations.submit({ labeler, prompt: prompt.id, text, effort, startedFrom: null });
  say({ kind: 'demonstrated', item: prompt.id, text });
}
say({ kind: 'done' });
setInterval(() => {}, 1000);
