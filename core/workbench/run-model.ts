import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunFolder } from '../project/run-folder.ts';

/** Where a run puts the model it makes. */
export const modelOf = ({ path }: RunFolder): string => join(path, 'model');

/** Whether a run has made its model. */
export const isFinished = (run: RunFolder): boolean => existsSync(modelOf(run));
