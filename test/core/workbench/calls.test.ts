/** Every call of the contract, answered by a whole workbench. A call without a case here does not compile. */
import { describe, expect, test } from 'vitest';
import { calls, type CallName } from '../../../core/contract/calls.ts';
import { appCases } from './calls/app.ts';
import { bench, useBench, type Cases } from './calls/bench.ts';
import { dataCases } from './calls/data.ts';
import { evaluationCases } from './calls/evaluations.ts';
import { judgementCases } from './calls/judgement.ts';
import { labelingCases } from './calls/labeling.ts';
import { resultsCases } from './calls/results.ts';
import { trainingCases } from './calls/training.ts';

useBench();

const cases: Cases = {
  ...appCases,
  ...dataCases,
  ...labelingCases,
  ...trainingCases,
  ...judgementCases,
  ...evaluationCases,
  ...resultsCases,
};

describe('a workbench answers', () => {
  test.each(Object.keys(calls) as CallName[])('%s', async (name) => {
    await cases[name]();
    expect(bench.called).toContain(name);
  });
});
