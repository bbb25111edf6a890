import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  addItems,
  addPrompts,
  alone,
  byId,
  demonstration,
  firstItem,
  newProject,
  prompt,
  submission,
} from './projects.ts';

function labeled() {
  const project = newProject();
  const { id: labeler } = project.labelers.add({ name: 'Ann' });
  addItems(project, 1, 3);
  const [tested] = addPrompts(project, prompt('tested', { split: 'test' }));
  project.demonstrations.submit(demonstration(labeler, tested!, 'an answer'));
  const item = firstItem(project, labeler)!;
  project.rankings.submit(submission(labeler, item, byId(item, [2, 1, 2])), alone);
  return project;
}

const asked = { filter: {}, includeHeldOut: false, conversational: false };

const expected = {
  prompts: [{ prompt: 'prompt 0' }, { prompt: 'tested' }],
  'prompt-completion': [{ prompt: 'tested', completion: 'an answer' }],
  messages: [
    {
      messages: [
        { role: 'user', content: 'tested' },
        { role: 'assistant', content: 'an answer' },
      ],
    },
  ],
  preference: [
    { prompt: 'prompt 0', chosen: 'completion 1', rejected: 'completion 0' },
    { prompt: 'prompt 0', chosen: 'completion 1', rejected: 'completion 2' },
  ],
  ranking: [
    {
      prompt: 'prompt 0',
      completions: ['completion 0', 'completion 1', 'completion 2'],
      ranks: [2, 1, 2],
      labeler: 'Ann',
    },
  ],
} as const;

const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });

/** Where TRL's conversational format differs from its standard one. */
const conversational = {
  ...expected,
  prompts: [{ prompt: [user('prompt 0')] }, { prompt: [user('tested')] }],
  'prompt-completion': [{ prompt: [user('tested')], completion: [assistant('an answer')] }],
  preference: [0, 2].map((worse) => ({
    prompt: [user('prompt 0')],
    chosen: [assistant('completion 1')],
    rejected: [assistant(`completion ${worse}`)],
  })),
};

const layouts = Object.keys(expected) as (keyof typeof expected)[];

it.each(layouts.flatMap((layout) => [[layout, 'standard'] as const, [layout, 'conversational'] as const]))(
  'writes the layout %s, %s',
  (layout, format) => {
    const project = labeled();
    const isConversational = format === 'conversational';
    const { path, rows } = project.exports.write({ ...asked, layout, conversational: isConversational });
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      (isConversational ? conversational : expected)[layout],
    );
    expect(rows).toBe(lines.length);
    expect(path.startsWith(join(project.path, 'exports'))).toBe(true);
  },
);

it('writes only what the filter leaves', () => {
  const rows = (splits: ['train'] | ['test']) =>
    labeled().exports.rows({ ...asked, layout: 'prompts', filter: { splits } });
  expect(rows(['test'])).toEqual([{ prompt: 'tested' }]);
  expect(rows(['train'])).toEqual([{ prompt: 'prompt 0' }]);
});

it('refuses to write nothing, and leaves no file', () => {
  const project = newProject();
  expect(() => project.exports.write({ ...asked, layout: 'preference' })).toThrow(
    'nothing in the project has the layout preference',
  );
  expect(readdirSync(join(project.path, 'exports'))).toEqual([]);
});
