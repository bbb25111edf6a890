/** Where hosts write what a person may need to know later. */
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import type { Log } from '../contract/connection.ts';

const MOST_BYTES = 4 * 1024 * 1024;

/** A log in a file; a long one of earlier sessions is set aside first, as `<file>.old`. */
export function openLog(file: string): Log {
  fs.mkdirSync(dirname(file), { recursive: true });
  if (fs.existsSync(file) && fs.statSync(file).size > MOST_BYTES) fs.renameSync(file, `${file}.old`);
  return (text) => {
    try {
      fs.appendFileSync(file, stamped(text));
    } catch {
      // A full disk must not end the workbench too, and there is nowhere else to say so.
    }
  };
}

/** A log on the terminal. */
export const logToTerminal: Log = (text) => process.stderr.write(stamped(text));

const stamped = (text: string): string => `${new Date().toISOString()} ${printable(text)}\n`;

/** Without control characters but tabs and line ends: part of it may come from a stranger. */
const printable = (text: string): string => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '�');
