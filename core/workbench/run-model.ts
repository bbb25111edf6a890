import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoint, RunFolder } from '../project/run-folder.ts';

const MODEL = 'model';

/** Where a run puts the model it makes. */
export const modelOf = ({ path }: Pick<RunFolder, 'path'>): string => join(path, MODEL);

/** Where a checkpoint has the model as it was then. */
export const modelAt = ({ path }: Checkpoint): string => join(path, MODEL);

/** Whether a run has made its model. */
export const isFinished = (run: RunFolder): boolean => existsSync(modelOf(run));
