import { describe, expect, it } from 'vitest';
import type { Lineage, RunSummary } from '../../../core/contract/calls.ts';
import { lineageTree, type Descent } from '../../../renderer/views/train/details/lineage-tree.ts';
import {
  bytesWords,
  durationWords,
  figuresOf,
  showBriefly,
  showFigure,
} from '../../../renderer/views/train/figures.ts';
import { modelName, stateSentence } from '../../../renderer/views/train/run/state-sentence.ts';
import {
  everyRun,
  fits,
  nextStage,
  sortedBy,
  tagsOf,
} from '../../../renderer/views/train/runs/run-filter.ts';

const run = (change: Partial<RunSummary> = {}): RunSummary => ({
  path: '/runs/sft-1',
  name: 'sft-1',
  algorithm: 'sft',
  createdAt: 0,
  step: 12,
  steps: 480,
  state: 'stopped',
  resumable: true,
  work: null,
  settings: {},
  seed: 0,
  tags: ['good'],
  note: 'Half the learning rate',
  last: {},
  ...change,
});

describe('the list of runs', () => {
  const found = (search: string) => fits(run(), { ...everyRun, search });

  it('finds by every word of name, stage, state, tags and note', () => {
    for (const words of ['', 'SFT', 'paused', 'good half', '  learning  ']) expect(found(words)).toBe(true);
    expect(found('good zebra')).toBe(false);
  });

  it('narrows by all tags and by any stage', () => {
    expect(fits(run({ tags: ['a', 'b'] }), { ...everyRun, tags: ['a', 'b'] })).toBe(true);
    expect(fits(run({ tags: ['a'] }), { ...everyRun, tags: ['a', 'b'] })).toBe(false);
    expect(fits(run(), { ...everyRun, stages: ['ppo', 'sft'] })).toBe(true);
    expect(fits(run(), { ...everyRun, stages: ['ppo'] })).toBe(false);
  });

  it('knows every tag, the most used first', () => {
    const runs = [['b', 'a'], ['c', 'b'], []].map((tags) => run({ tags }));
    expect(tagsOf(runs)).toEqual(['b', 'a', 'c']);
  });

  it('leads from SFT through a reward model to PPO', () => {
    const sft = run({ state: 'finished' });
    const rewardModel = run({ algorithm: 'reward-model', state: 'finished' });
    expect(nextStage([])).toBe('sft');
    expect(nextStage([run({ state: 'working' })])).toBe('sft');
    expect(nextStage([sft])).toBe('reward-model');
    expect(nextStage([sft, rewardModel])).toBe('ppo');
  });

  it('sorts what has no value last, either way', () => {
    const rows = [3, undefined, 1, 2];
    const sorted = (descending: boolean) => sortedBy(rows, (row) => row, descending);
    expect(sorted(false)).toEqual([1, 2, 3, undefined]);
    expect(sorted(true)).toEqual([3, 2, 1, undefined]);
  });
});

describe('the figures of a run', () => {
  it('takes the evaluated one where there is one', () => {
    expect(figuresOf('sft', { loss: 2, eval_loss: 1.5 })).toEqual([{ label: 'Eval loss', value: 1.5 }]);
    expect(figuresOf('sft', { loss: 2 })).toEqual([{ label: 'Loss', value: 2 }]);
    expect(figuresOf('ppo', { 'objective/scores': 0.5, 'objective/kl': NaN })).toEqual([
      { label: 'Score', value: 0.5 },
    ]);
  });

  it.each([
    [0, '0'],
    [0.5, '0.5'],
    [1.2345, '1.23'],
    [100, '100'],
    [-12.34, '−12.3'],
    [123456, '123,456'],
    [0.000012, '1.2e−5'],
    [2e7, '2e7'],
    [NaN, '–'],
  ])('shows %d as %s', (value, words) => expect(showFigure(value)).toBe(words));

  it('rounds to two places where there is little room', () =>
    expect([2.345, -0.004, 5e-6, -1.5, NaN].map(showBriefly)).toEqual(['2.35', '0', '0', '−1.5', '–']));

  it('says sizes and times by their largest unit', () => {
    expect([0, 999, 12_345, 1.5e9].map(bytesWords)).toEqual(['0 bytes', '999 bytes', '12.3 kB', '1.5 GB']);
    expect([10, 1000, 150_000, 7.2e6].map(durationWords)).toEqual([
      '1 second',
      '1 second',
      '3 minutes',
      '2 hours',
    ]);
  });
});

describe('the state of a run', () => {
  const progress = { step: 100, stepMs: 1000, message: 'Reading data' };

  it('says how far it is, and how long it will take while it trains', () => {
    expect(stateSentence(run({ state: 'working' }), progress)).toBe(
      'Training · step 100 of 480 · about 6 minutes left',
    );
    expect(stateSentence(run(), progress)).toBe('Paused · step 100 of 480');
    expect(stateSentence(run({ resumable: false, steps: 0 }), progress)).toBe('Stopped · step 100');
  });

  it('says what the work does before there are steps', () => {
    const begun = { step: 0, stepMs: null, message: 'Reading data' };
    expect(stateSentence(run({ state: 'working', step: 0 }), begun)).toBe(
      'Training · step 0 of 480 · Reading data',
    );
    expect(stateSentence(run({ state: 'queued', step: 0 }), begun)).toBe('Waiting');
  });

  it('names models by their run, on any system', () => {
    expect(modelName('/p/runs/sft-1/model')).toBe('sft-1');
    expect(modelName('C:\\p\\runs\\sft-1\\checkpoints\\000040\\model')).toBe('sft-1 step 40');
    expect(modelName('/models/gpt2/')).toBe('gpt2');
  });
});

describe('the lineage', () => {
  const node = (id: string, kind: Lineage['nodes'][number]['kind'] = 'model') =>
    ({ id, kind, title: id, detail: '', path: kind === 'run' ? `/runs/${id}` : null }) as const;
  const words = ({ node, role, isRepeated, from }: Descent): unknown => [
    `${role}:${node.title}${isRepeated ? ' again' : ''}`,
    ...from.map(words),
  ];

  it('is a tree from the run down, with what was shown not unfolded again', () => {
    const lineage = {
      nodes: [
        node('ppo', 'run'),
        node('sft', 'run'),
        node('rm', 'run'),
        node('base'),
        node('labels', 'labels'),
      ],
      edges: [
        { from: 'sft', to: 'ppo', role: 'policy' },
        { from: 'rm', to: 'ppo', role: 'reward model' },
        { from: 'base', to: 'sft', role: 'start' },
        { from: 'labels', to: 'sft', role: 'data' },
        { from: 'sft', to: 'rm', role: 'start' },
        { from: 'gone', to: 'rm', role: 'data' },
      ],
    };
    expect(words(lineageTree(lineage, '/runs/ppo')!)).toEqual([
      ':ppo',
      ['policy:sft', ['start:base'], ['data:labels']],
      ['reward model:rm', ['start:sft again']],
    ]);
    expect(lineageTree(lineage, '/runs/none')).toBeUndefined();
  });
});
