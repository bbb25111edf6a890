/** The window's files under a scheme of the application's own, with the headers that the web server gives them. */
import { readFile } from 'node:fs/promises';
import { securityHeaders, type Site } from '../../core/host/server/site.ts';

export const SCHEME = 'app';
const ORIGIN = `${SCHEME}://workbench`;
export const START_URL = `${ORIGIN}/`;
export const CRASH_URL = `${ORIGIN}/crash.html`;

/** Whether a URL is one of the application's own pages. */
export const isOwnPage = (url: string): boolean => url.startsWith(START_URL);

/** Answers what the window loads. */
export async function respond(site: Site, { url, method }: Request): Promise<Response> {
  const { host, pathname } = new URL(url);
  const file = host === 'workbench' && method === 'GET' ? site.find(pathname) : undefined;
  if (!file) return new Response('There is no such file.\n', { status: 404, headers: securityHeaders });
  return new Response(await readFile(file.path), { headers: { ...securityHeaders, ...file.headers } });
}
