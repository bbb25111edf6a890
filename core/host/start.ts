/** `npm start`: the desktop application; where it cannot be opened, the same workbench in a browser. */
import { spawn } from 'node:child_process';
import { appFolders } from './app-folders.ts';
import { ensureBuilt, projectRoot, shellBuild, windowBuild } from './build.ts';
import { findElectron } from './electron-binary.ts';
import { serveUntilStopped } from './serving.ts';
import { runCommand } from './terminal.ts';

await runCommand(async () => {
  const electron = findElectron(projectRoot);
  const failed = 'missing' in electron ? electron.missing : await openElectron(electron.binary);
  if (failed === undefined) return;
  process.stderr.write(`${failed}, so the workbench is served to a browser instead\n`);
  const { state, data } = appFolders();
  await serveUntilStopped({ port: 0, stateFolder: state, dataFolder: data });
});

/** A window is there by then: what ends later has been used, and is not opened again elsewhere. */
const STARTING_MS = 10_000;

/** Waits until the application is quit; why it did not start, if so. */
function openElectron(binary: string): Promise<string | undefined> {
  ensureBuilt(windowBuild);
  ensureBuilt(shellBuild);
  // The application forks its backend with the Node that runs this.
  const environment = { ...process.env, ALIGNMENT_WORKBENCH_NODE: process.execPath };
  const application = spawn(binary, [projectRoot], { stdio: 'inherit', env: environment });
  // A Ctrl-C reaches both processes; the application decides how to end.
  const leaveToIt = () => {};
  process.on('SIGINT', leaveToIt);
  const began = performance.now();
  return new Promise<string | undefined>((resolve) => {
    application.once('error', (error) => resolve(`Electron did not start (${error.message})`));
    application.once('exit', (code, signal) => {
      const failure = describeExit(code, signal);
      if (performance.now() - began < STARTING_MS) return resolve(failure);
      if (failure !== undefined) process.stderr.write(`${failure}\n`);
      process.exitCode = failure === undefined ? 0 : 1;
      resolve(undefined);
    });
  }).finally(() => process.off('SIGINT', leaveToIt));
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (code === 0 || signal === 'SIGINT' || signal === 'SIGTERM') return undefined;
  return `Electron ended with ${signal ?? `code ${code}`}`;
}
