/** The command line: `npm run workbench -- <command> --help` says how to use each. */
import { Command } from 'commander';
import about from '../../package.json' with { type: 'json' };
import { addDevicesCommand } from './devices-command.ts';
import { addExportCommand } from './export-command.ts';
import { addModelCommands } from './model-commands.ts';
import { tolerateClosedOutput } from './terminal.ts';
import { addTrainingCommands } from './training-commands.ts';

const program = new Command('workbench').description(about.description).version(about.version);
addTrainingCommands(program);
addModelCommands(program);
addExportCommand(program);
addDevicesCommand(program);
tolerateClosedOutput();
await program.parseAsync();
