/** The process behind the windows of the desktop application: it answers them over its message channel. */
import type { Log } from '../contract/connection.ts';
import { ProcessChannels } from './process-channels.ts';
import { attachWindow, type Service } from './service.ts';

/**
 * Answers the parent's windows until the parent goes away, be it by quitting or by a crash; then work stops at a
 * checkpoint and the process ends.
 */
export function answerParent(service: Service, log: Log): void {
  new ProcessChannels(process, log, (transport) => attachWindow(service, transport, log));
  const end = () =>
    void service
      .stop()
      .catch((error: unknown) => log(`stopping failed: ${String(error)}`))
      .finally(() => process.exit());
  if (process.connected) process.once('disconnect', end);
  else end();
}
