/** Whether the desktop application can be opened here. Asks only the disk: loading `electron` would download it. */
import * as fs from 'node:fs';
import { join } from 'node:path';

export type ElectronFound = { readonly binary: string } | { readonly missing: string };

/** Electron's binary, or in one clause why the application cannot be opened. */
export function findElectron(
  root: string,
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
): ElectronFound {
  const binary = binaryOf(join(root, 'node_modules/electron'));
  if (binary === undefined) return { missing: "Electron's binary is not installed" };
  if (!hasDisplay(platform, environment)) return { missing: 'there is no display' };
  return { binary };
}

/** Electron's installer writes where the binary is into `path.txt`, once it is there. */
function binaryOf(folder: string): string | undefined {
  const pointer = join(folder, 'path.txt');
  if (!fs.existsSync(pointer)) return undefined;
  const binary = join(folder, 'dist', fs.readFileSync(pointer, 'utf8').trim());
  return fs.existsSync(binary) ? binary : undefined;
}

/** Windows and macOS have one always. */
const hasDisplay = (platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): boolean =>
  platform === 'win32' ||
  platform === 'darwin' ||
  Boolean(environment['DISPLAY'] || environment['WAYLAND_DISPLAY']);
