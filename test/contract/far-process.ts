/** The far end of a transport in a process of its own: its argument says what it does, its log is standard error. */
import { ProcessChannels } from '../../core/host/process-channels.ts';
import { acceptors, type Acceptor } from './acceptors.ts';

const accept = acceptors[process.argv[2] as Acceptor];
const log = (text: string) => void process.stderr.write(`${text}\n`);
new ProcessChannels(process, log, (transport) => accept(transport, log));
