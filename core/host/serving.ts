/** The workbench served to browsers, from its start to its stop. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../contract/errors.ts';
import { reason } from '../data/files.ts';
import { Workbench } from '../workbench/workbench.ts';
import { ensureBuilt, projectRoot, windowBuild } from './build.ts';
import { logToTerminal } from './log.ts';
import { serve } from './server/server.ts';
import { interruptible } from './terminal.ts';

export interface ServingOptions {
  readonly port: number;
  readonly stateFolder: string;
  readonly dataFolder: string;
}

/** Serves until it is interrupted, and then stops work at a checkpoint; a second interruption does not wait for it. */
export async function serveUntilStopped({ port, stateFolder, dataFolder }: ServingOptions): Promise<void> {
  surviveTerminal();
  ensureBuilt(windowBuild);
  requireFolder(stateFolder);
  const service = await Workbench.start({ host: 'browser', stateFolder, dataFolder, log: logToTerminal });
  try {
    const rendererFolder = join(projectRoot, 'renderer/dist');
    const host = await serve({ service, rendererFolder, port, log: logToTerminal });
    process.stdout.write(`${host.address}\n`);
    process.stderr.write('Open this address in a browser of this machine; Ctrl-C stops the workbench.\n');
    const saying = () => process.stderr.write(farewell(service.isWorking()));
    await interruptible(saying, (signal) => aborted(signal));
    await host.close();
  } finally {
    await service.stop();
  }
}

/** The log goes to a terminal that may be closed while work goes on. */
function surviveTerminal(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

const farewell = (isWorking: boolean): string =>
  isWorking ? 'stopping the work at its next checkpoint; Ctrl-C again does not wait for it\n' : 'stopping\n';

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()));

function requireFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new ConfigurationError(`${path} cannot be made the folder for settings: ${reason(error)}`);
  }
}
