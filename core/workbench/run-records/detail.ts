import type { RunDetail } from '../../contract/calls.ts';
import type { RunFolder, RunManifest } from '../../project/run-folder.ts';
import { modelAt } from '../run-model.ts';
import type { Service } from '../service.ts';
import { summaryOf } from './summary.ts';

/** What a run began with and what it has kept. */
export function detailOf(service: Service, run: RunFolder): RunDetail {
  const { device, versions, models, data, parent } = run.manifest;
  return {
    run: summaryOf(service, run),
    ...{ device, versions, models: sources(models), data: sources(data) },
    parent: parent ? { path: parent.run, step: parent.step } : null,
    checkpoints: run.checkpoints().map((checkpoint) => ({
      step: checkpoint.step,
      model: modelAt(checkpoint),
    })),
    rolloutSteps: Int32Array.from(run.rolloutSteps()),
  };
}

const sources = (named: RunManifest['models']): RunDetail['models'] =>
  Object.entries(named).map(([role, { path, sha256 }]) => ({ role, path, sha256 }));
