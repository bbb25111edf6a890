import { BrowserWindow, Notification, powerSaveBlocker } from 'electron';
import type { Desk } from './attendance.ts';

/** More than 1 is a bar without an end; less than 0 is none. */
const ENDLESS = 2;
const NONE = -1;

export function createDesk(showWindow: () => void): Desk {
  let blocker: number | undefined;
  return {
    showProgress(share) {
      for (const window of BrowserWindow.getAllWindows())
        window.setProgressBar(share === undefined ? NONE : (share ?? ENDLESS));
    },
    keepAwake(awake) {
      if (awake) blocker ??= powerSaveBlocker.start('prevent-app-suspension');
      else if (blocker !== undefined) {
        powerSaveBlocker.stop(blocker);
        blocker = undefined;
      }
    },
    notify(title, body) {
      const notification = new Notification({ title, body });
      notification.on('click', showWindow);
      notification.show();
    },
    isWatched: () => BrowserWindow.getFocusedWindow() !== null,
  };
}
