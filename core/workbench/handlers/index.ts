import type { CallName } from '../../contract/calls.ts';
import type { Handlers } from '../service.ts';
import { appHandlers } from './app.ts';
import { demonstrateHandlers } from './demonstrate.ts';
import { doctorHandlers } from './doctor.ts';
import { evaluationHandlers } from './evaluations.ts';
import { importHandlers } from './imports.ts';
import { labelerHandlers } from './labelers.ts';
import { modelHandlers } from './models.ts';
import { playHandlers } from './play.ts';
import { projectHandlers } from './projects.ts';
import { promptHandlers } from './prompts.ts';
import { rankHandlers } from './rank.ts';
import { reportHandlers } from './reports.ts';
import { rewardModelHandlers } from './reward-models.ts';
import { roundHandlers } from './rounds.ts';
import { runRecordHandlers } from './run-records.ts';
import { runHandlers } from './runs.ts';
import { snapshotHandlers } from './snapshots.ts';

/** A handler for every call of the contract: a missing one does not compile. */
export const handlers: Handlers<CallName> = {
  ...appHandlers,
  ...projectHandlers,
  ...promptHandlers,
  ...importHandlers,
  ...labelerHandlers,
  ...demonstrateHandlers,
  ...rankHandlers,
  ...snapshotHandlers,
  ...modelHandlers,
  ...playHandlers,
  ...runHandlers,
  ...runRecordHandlers,
  ...doctorHandlers,
  ...rewardModelHandlers,
  ...evaluationHandlers,
  ...roundHandlers,
  ...reportHandlers,
};
