/** The application asks nothing of any network: what Chromium would ask by itself is switched off or refused. */
import type { App, Session } from 'electron';
import { isOwnPage } from './site-protocol.ts';

/** Before the application is ready. */
export const sealingSwitches: Readonly<Record<string, string>> = {
  'host-resolver-rules': 'MAP * ~NOTFOUND',
  'disable-background-networking': '',
  'disable-component-update': '',
  'disable-domain-reliability': '',
  'no-pings': '',
};

export function sealProcess({ commandLine }: Pick<App, 'commandLine'>): void {
  for (const [name, value] of Object.entries(sealingSwitches)) commandLine.appendSwitch(name, value);
}

/** What a page may load: the application's own files, and what it has made itself. */
export const isLocal = (url: string): boolean =>
  isOwnPage(url) || isOwnPage(url.replace(/^blob:/, '')) || /^(data|devtools):/.test(url);

export function sealSession(session: Session, log: (line: string) => void): void {
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    if (!isLocal(url)) log(`refused a request for ${url}`);
    decide({ cancel: !isLocal(url) });
  });
  // Its dictionaries would be downloaded.
  session.setSpellCheckerEnabled(false);
}
