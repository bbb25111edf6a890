/** The process that the desktop application forks: it holds the workbench, and answers over its message channel. */
import { mkdirSync } from 'node:fs';
import { Workbench } from '../workbench/workbench.ts';
import { appFolders } from './app-folders.ts';
import { answerParent } from './backend-process.ts';
import { openLog } from './log.ts';

const { state, logs, data } = appFolders();
mkdirSync(state, { recursive: true });
const log = openLog(logs, 'workbench');
// A Ctrl-C at the terminal reaches this process too; the parent decides when it ends.
process.on('SIGINT', () => {});
answerParent(await Workbench.start({ host: 'electron', stateFolder: state, dataFolder: data, log }), log);
