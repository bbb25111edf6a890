/** `npm run serve`: the workbench for a browser on this machine, or at the near end of an SSH tunnel to it. */
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { appFolders } from './app-folders.ts';
import { wholeNumber } from './flags.ts';
import { serveUntilStopped } from './serving.ts';
import { runCommand } from './terminal.ts';

const folders = appFolders();

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port < 0 || port > 65_535) throw new InvalidArgumentError('Give a number from 0 to 65535.');
  return port;
}

await new Command('serve')
  .description('Serves the workbench to browsers of this machine, and prints the address to open.')
  .option('--port <number>', 'port on 127.0.0.1; 0 takes any that is free', portNumber, 0)
  .option('--data <folder>', 'where new projects go, until the settings say otherwise', folders.data)
  .option('--state <folder>', 'where settings and the list of recent projects are kept', folders.state)
  .action(({ port, data, state }: { port: number; data: string; state: string }) =>
    runCommand(() => serveUntilStopped({ port, dataFolder: resolve(data), stateFolder: resolve(state) })),
  )
  .parseAsync();
