/** What of the desktop shell can be known without Electron's binary, which cannot be here. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Site } from '../../core/host/server/site.ts';
import { openingBounds, readBounds, writeBounds } from '../../electron/main/bounds.ts';
import { placesOf, type Installation } from '../../electron/main/places.ts';
import { isOwnPage, respond } from '../../electron/main/site-protocol.ts';
import { folderOf } from '../support/folders.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1080 };
const second = { x: 1920, y: 200, width: 1280, height: 1024 };

describe('the window', () => {
  it('opens where it was, on any screen', () => {
    const kept = { x: 2000, y: 300, width: 1000, height: 700 };
    expect(openingBounds(kept, [screen, second])).toEqual(kept);
  });

  it.each([
    ['its screen is gone', { x: 2000, y: 300 }],
    ['its title bar is above every screen', { x: 100, y: -50 }],
    ['hardly any of it is left of the edge', { x: 1900, y: 100 }],
    ['all of it is left of every screen', { x: -1000, y: 100 }],
  ])('keeps its size but not its place where %s', (_why, place) => {
    expect(openingBounds({ ...place, width: 1000, height: 700 }, [screen])).toEqual({
      width: 1000,
      height: 700,
    });
  });

  it('is never smaller than its content needs', () => {
    expect(openingBounds({ x: 0, y: 0, width: 10, height: 10 }, [screen])).toEqual({
      x: 0,
      y: 0,
      width: 960,
      height: 660,
    });
  });

  it('remembers its place, and does without where the file is damaged or missing', () => {
    const folder = folderOf({ 'damaged.json': '{"x": 1', 'foreign.json': '{"x": "left"}' });
    const kept = { x: 1, y: 2, width: 1000, height: 700 };
    writeBounds(join(folder, 'window.json'), kept);
    expect(readBounds(join(folder, 'window.json'))).toEqual(kept);
    for (const name of ['damaged.json', 'foreign.json', 'missing.json'])
      expect(readBounds(join(folder, name))).toBeUndefined();
  });
});

describe('the pages of the application', () => {
  it('are its own alone', () => {
    expect(isOwnPage('app://workbench/')).toBe(true);
    for (const url of ['app://workbench.evil/', 'https://workbench/', 'file:///app://workbench/', ''])
      expect(isOwnPage(url)).toBe(false);
  });

  it('are served by name with the headers of the web server, and nothing else is', async () => {
    const folder = folderOf({ 'dist/index.html': 'the window', 'secret.txt': 'secret' });
    const site = new Site(join(folder, 'dist'));
    const page = await respond(site, new Request('app://workbench/'));
    expect(await page.text()).toBe('the window');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    for (const url of [
      'app://workbench/../secret.txt',
      'app://workbench/%2e%2e%2fsecret.txt',
      'app://other/',
    ])
      expect((await respond(site, new Request(url))).status).toBe(404);
  });
});

describe('the parts of the application', () => {
  const installed: Installation = {
    root: join('/app', 'resources', 'app.asar'),
    packaged: true,
    resources: join('/app', 'resources'),
    platform: 'linux',
    environment: {},
  };

  it('are run by the Node of the package, from outside of the archive', () => {
    const places = placesOf(installed);
    expect(places.node).toBe(join('/app', 'resources', 'node', 'node'));
    expect(places.backend).toBe(join('/app', 'resources', 'app.asar.unpacked', 'core/host/backend.ts'));
    expect(places.renderer).toBe(join(installed.root, 'renderer/dist'));
    expect(placesOf({ ...installed, platform: 'win32' }).node).toMatch(/node\.exe$/);
  });

  it('are run by the Node that started the application, in the sources', () => {
    const sources = { ...installed, root: '/sources', packaged: false };
    expect(placesOf(sources).node).toBe(join('/sources', 'node_modules/node/bin/node'));
    const environment = { ALIGNMENT_WORKBENCH_NODE: '/usr/bin/node' };
    expect(placesOf({ ...sources, environment }).node).toBe('/usr/bin/node');
  });
});
