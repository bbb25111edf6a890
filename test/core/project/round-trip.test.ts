import { expect, it } from 'vitest';
import { read } from '../../../core/data/import/read.ts';
import { inspect } from '../../../core/data/import/inspect.ts';
import type { CallArguments } from '../../../core/contract/calls.ts';
import type { Project } from '../../../core/project/project.ts';
import { heldBy, planImport } from '../../../core/workbench/work/import-plan.ts';
import { addPrompts, newProject } from './projects.ts';

const odd = [
  '"quoted", \\escaped\\ and {"braced": [1]}',
  ' lines\nand\r\nmore\u2028lines\ttabs ',
  '🦊 é e\u0301 你好 \u0000 end',
  '[1, 2, 3]',
  'User: x\n\nAssistant:',
  'System: be brief\n\nUser: a "b"\n\nc\n\nAssistant: d 🦊\n\nUser: e\n\nAssistant:',
  'System: \n\nUser: a\n\nAssistant:',
  'User: \n\nUser: \n\nAssistant:',
];
const layouts = ['prompts', 'prompt-completion', 'messages', 'preference', 'ranking'] as const;
type Layout = (typeof layouts)[number];

const asked = (layout: Layout, conversational = false): CallArguments<'export.write'> => ({
  ...{ layout, conversational },
  filter: {},
  includeHeldOut: false,
});

/** A project that holds every odd text as prompt, answer and completion. */
function oddProject(): Project {
  const project = newProject();
  const ids = addPrompts(project, ...odd);
  const prompts = ids.map((id) => ({ id }));
  const other = (i: number) => odd[(i + 1) % odd.length]!;
  const rankings = odd.map((text, i) => ({
    prompt: i,
    completions: [text, other(i), 'third'],
    ranks: [2, 1, 2],
    labeler: 'Ann',
  }));
  const demonstrations = odd.map((_, i) => ({ prompt: i, text: other(i), labeler: 'Ann' }));
  project.imports.apply({ source: 'odd', prompts, demonstrations, rankings });
  return project;
}

/** A new project with what a file holds, by the mapping that is suggested for it. */
async function importedFrom(path: string): Promise<Project> {
  const project = newProject();
  const { suggested } = await inspect(path);
  const file = await read(path, suggested);
  expect(file.problems).toEqual([]);
  const { bundle } = planImport(file, heldBy(project), { source: 'again', skipDuplicates: false });
  project.imports.apply(bundle);
  return project;
}

it.each(layouts.flatMap((layout) => [[layout, false] as const, [layout, true] as const]))(
  'what is exported as %s, conversational: %s, imports again unchanged',
  async (layout, conversational) => {
    const before = oddProject();
    const after = await importedFrom(before.exports.write(asked(layout, conversational)).path);
    const rows = before.exports.rows(asked(layout));
    expect(rows.length).toBeGreaterThanOrEqual(odd.length);
    expect(after.exports.rows(asked(layout))).toEqual(rows);
  },
);

it('conversations are exported as their turns', () => {
  const rows = oddProject().exports.rows({ ...asked('messages'), layout: 'messages' });
  const spoken = rows.map(({ messages }) => messages.map(({ role }) => role).join());
  expect(spoken.filter((roles) => roles === 'system,user,assistant,user,assistant')).toHaveLength(1);
  expect(spoken.filter((roles) => roles === 'user,assistant')).toHaveLength(odd.length - 1);
});
