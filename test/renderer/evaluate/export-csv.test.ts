import { expect, test } from 'vitest';
import { csvOf } from '../../../renderer/views/evaluate/export-csv.ts';
import { estimate, rates, report, results } from './reports.ts';

test('has a row for every estimate, and none for what is not known', () => {
  const labeler = { id: 1, name: 'Ada, "the first"', heldOut: true, simulated: false, createdAt: 0 };
  const made = csvOf(
    report(
      ['sft', '=ppo'],
      [results({ overall: estimate(4, 1) }), results({ labels: { hallucination: estimate(0.25, 0.25, 8) } })],
      [
        rates(1, estimate(0.5, 0.25), {
          training: null,
          byUseCase: [{ useCase: null, rate: estimate(0.5, 0.5, 2) }],
          byLabeler: [{ labeler, rate: estimate(0.5, 0.5, 2) }],
        }),
      ],
    ),
  );
  expect(made.split('\r\n')).toEqual([
    'model,against,measure,group,mean,low,high,n',
    "'=ppo,sft,win rate,all,0.5,0.25,0.75,40",
    "'=ppo,sft,win rate by use case,none,0.5,0,1,2",
    `'=ppo,sft,win rate by labeler,"Ada, ""the first""",0.5,0,1,2`,
    'sft,,"Likert scale, 1 to 7",,4,3,5,40',
    "'=ppo,,label,Hallucination,0.25,0,0.5,8",
    '',
  ]);
});
