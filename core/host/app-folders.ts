/** Where the application keeps what belongs to no project, by the custom of each operating system. */
import { homedir } from 'node:os';
import { join } from 'node:path';

const NAME = 'alignment-workbench';

export interface AppFolders {
  /** Settings and the list of recent projects. */
  readonly state: string;
  readonly logs: string;
  /** Where new projects go, unless the settings say otherwise. */
  readonly data: string;
}

/** The folders for a system; nothing is made. */
export function appFolders(
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
  home = homedir(),
): AppFolders {
  const state = join(stateParent(platform, environment, home), NAME);
  return { state, logs: join(state, 'logs'), data: join(home, NAME) };
}

function stateParent(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv, home: string): string {
  if (platform === 'win32') return environment['APPDATA'] || join(home, 'AppData', 'Roaming');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  // An empty variable counts as unset (XDG Base Directory Specification).
  return environment['XDG_CONFIG_HOME'] || join(home, '.config');
}
