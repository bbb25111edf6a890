import type { RunManifest } from '../../../core/project/run-folder.ts';

/** What a run was made of, as far as a test cares. */
export const runManifest = (changes: Partial<RunManifest> = {}): RunManifest => ({
  version: 1,
  algorithm: 'ppo',
  configuration: { klCoef: 0.02 },
  seed: 1,
  device: 'cpu',
  models: {},
  data: {},
  versions: { workbench: '0.1.0', node: 'v24', onnxruntime: '1.30.0' },
  createdAt: '2026-01-02T03:04:05.000Z',
  ...changes,
});
