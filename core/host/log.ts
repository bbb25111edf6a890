/** Where hosts write what a person may need to know later. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../contract/connection.ts';

/** A file a day; older ones go. */
const KEPT_DAYS = 14;

/** A log in a folder, as `<name>-<day>.log`, of which the newest are kept. */
export function openLog(folder: string, name: string, today: () => string = dayOf): Log {
  fs.mkdirSync(folder, { recursive: true });
  let day = '';
  return (text) => {
    try {
      if (day !== today()) {
        day = today();
        discardOld(folder, name, day);
      }
      fs.appendFileSync(join(folder, `${name}-${day}.log`), stamped(text));
    } catch {
      // A full disk must not end the workbench too, and there is nowhere else to say so.
    }
  };
}

/** Days begin everywhere at midnight in Greenwich, as the stamps in the lines have it. */
const dayOf = (): string => new Date().toISOString().slice(0, 10);

function discardOld(folder: string, name: string, day: string): void {
  const file = new RegExp(`^${name}-\\d{4}-\\d{2}-\\d{2}\\.log$`);
  const logs = fs.readdirSync(folder).filter((each) => file.test(each) && each !== `${name}-${day}.log`);
  const kept = KEPT_DAYS - 1;
  for (const old of logs.sort().slice(0, Math.max(0, logs.length - kept))) fs.rmSync(join(folder, old));
}

/** A log on the terminal. */
export const logToTerminal: Log = (text) => process.stderr.write(stamped(text));

const stamped = (text: string): string => `${new Date().toISOString()} ${printable(text)}\n`;

/** Without control characters but tabs and line ends: part of it may come from a stranger. */
const printable = (text: string): string => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '�');
