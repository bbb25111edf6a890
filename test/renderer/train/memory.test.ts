import { expect, it } from 'vitest';
import type { RunForm } from '../../../core/contract/calls.ts';
import type { Checked } from '../../../renderer/views/train/form/use-checked.ts';
import {
  memoryWords,
  withMemory,
  type MemoryVerdict,
} from '../../../renderer/views/train/form/use-memory.ts';

const form = { name: 'sft', algorithm: 'sft', model: '/model', preset: 'starter' } as unknown as RunForm;
const fine: Checked = {
  problems: {},
  plan: { steps: 480, examples: {} },
  form,
  isChecking: false,
  error: undefined,
};

const verdict = (refusal: string | null, changes: MemoryVerdict['changes'] = null): MemoryVerdict => ({
  device: { provider: 'cpu', name: 'processor' },
  memories: [],
  refusal,
  changes,
});

const planned = (known: MemoryVerdict | undefined, isPlanning = false) => ({
  verdict: known,
  isPlanning,
  error: undefined,
});

it('lets what fits start, and what is not known yet', () => {
  expect(withMemory(fine, planned(verdict(null)))).toBe(fine);
  expect(withMemory(fine, planned(undefined))).toBe(fine);
});

it('lets nothing start that does not fit, and says so at the setting to change', () => {
  const refused = verdict('the run needs 31 GB', { microBatchTokens: 1024 });
  expect(withMemory(fine, planned(refused))).toMatchObject({
    form: null,
    problems: { 'settings.microBatchTokens': 'the run needs 31 GB' },
  });
  expect(withMemory(fine, planned(verdict('too large'))).problems).toEqual({ memory: 'too large' });
});

it('does not hold what was known of an earlier form against a new one', () => {
  const refused = verdict('the run needs 31 GB', { microBatchTokens: 1024 });
  expect(withMemory(fine, planned(refused, true))).toBe(fine);
  const incomplete = { ...fine, form: null };
  expect(withMemory(incomplete, planned(refused))).toBe(incomplete);
});

it('says what it takes of each memory once that is known', () => {
  const room = { parts: [], available: null, limited: false };
  const memories = [
    { place: 'host' as const, total: 282e6, ...room },
    { place: 'device' as const, total: 1.5e9, ...room },
  ];
  const known = { ...verdict(null), memories };
  expect(memoryWords(planned(known))).toBe('282 MB of memory, 1.5 GB of processor');
  expect(memoryWords(planned(known, true))).toBe('');
  expect(memoryWords(planned(undefined))).toBe('');
});
