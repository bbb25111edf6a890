/** Forks a backend as the application does, and tells its own parent which process that is. */
import { fork } from 'node:child_process';

const [script, stoppedFile] = process.argv.slice(2);
const child = fork(script!, ['working', stoppedFile!], { serialization: 'advanced' });
child.once('spawn', () => process.send!(child.pid));
