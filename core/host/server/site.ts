/** The built window as it is served: its files by their exact names, and the headers around them. */
import * as fs from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { ConfigurationError } from '../../contract/errors.ts';

/** Nothing from anywhere else, no inline script or style, and no place in another page. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Of every response, whichever host gives it. */
export const securityHeaders = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

export interface SiteFile {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The files of a folder by the path of their URL. Only what is listed can be asked for, letter for letter, so there is
 * no path to climb out of.
 */
export class Site {
  readonly #files: ReadonlyMap<string, SiteFile>;

  constructor(folder: string) {
    this.#files = new Map(filesOf(folder).map((path) => [urlOf(folder, path), describeFile(path)]));
    if (!this.#files.has('/index.html'))
      throw new ConfigurationError(`${folder} holds no index.html: build the window with npm run build`);
  }

  find(urlPath: string): SiteFile | undefined {
    return this.#files.get(urlPath === '/' ? '/index.html' : urlPath);
  }
}

function filesOf(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const urlOf = (folder: string, path: string): string => `/${relative(folder, path).split(sep).join('/')}`;

function describeFile(path: string): SiteFile {
  const type = contentTypes[extname(path)] ?? 'application/octet-stream';
  return { path, headers: { 'Content-Type': type, 'Cache-Control': cacheControl(path) } };
}

/** The build names what is under `assets` by its content. */
const cacheControl = (path: string): string =>
  path.split(sep).includes('assets') ? 'private, max-age=31536000, immutable' : 'no-cache';
