/** The desktop application: in Electron where its binary is, else over the stand-in for it. */
import { join } from 'node:path';
import { _electron, type Page } from 'playwright-core';
import { vi } from 'vitest';
import { ensureBuilt, projectRoot, shellBuild } from '../../../core/host/build.ts';
import { findElectron } from '../../../core/host/electron-binary.ts';
import { launchBrowser } from '../browser.ts';
import { Desktop } from './desktop.ts';
import type * as StandIn from './electron.ts';
import type { StandInWindow } from './stand-in-window.ts';

export interface DesktopApplication {
  /** The page of its window. */
  page(): Promise<Page>;
  /** Chooses an item of its menu by its label. */
  choose(label: string): Promise<void>;
  /** Quits as a person does, and resolves once it has ended. */
  quit(): Promise<void>;
}

/** What the stand-in alone can tell. */
export interface StandInApplication extends DesktopApplication {
  readonly desktop: Desktop<StandInWindow>;
  readonly tellApp: typeof StandIn.tellApp;
}

const found = findElectron(projectRoot);
export const electronMissing = 'missing' in found ? found.missing : null;

/** Starts it with all it keeps below a folder. */
export async function startDesktop(home: string): Promise<DesktopApplication> {
  ensureBuilt(shellBuild);
  return 'binary' in found ? startElectron(found.binary, home) : startStandIn(home);
}

async function startElectron(executablePath: string, home: string): Promise<DesktopApplication> {
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config') } as Record<
    string,
    string
  >;
  const application = await _electron.launch({ executablePath, args: [projectRoot], env });
  return {
    page: () => application.firstWindow(),
    choose: (label) =>
      application.evaluate(({ Menu }, wanted) => {
        const items = Menu.getApplicationMenu()!.items.flatMap(({ submenu }) => submenu?.items ?? []);
        const click = items.find((item) => item.label === wanted)!.click as () => void;
        click();
      }, label),
    quit: () => application.close(),
  };
}

export async function startStandIn(home: string): Promise<StandInApplication> {
  ensureBuilt(shellBuild);
  vi.stubEnv('HOME', home);
  vi.stubEnv('XDG_CONFIG_HOME', join(home, '.config'));
  const browser = await launchBrowser();
  vi.resetModules();
  const { tellApp, use } = await import('./electron.ts');
  const desktop = new Desktop<StandInWindow>(browser, projectRoot);
  use(desktop);
  vi.doMock('electron', () => import('./electron.ts'));
  const gone = new Promise<void>((resolve) => (desktop.onGone = resolve));
  await import('../../../electron/main/main.ts');
  await vi.waitFor(() => {
    if (desktop.windows.length === 0) throw new Error('there is no window yet');
  });
  return {
    desktop,
    tellApp,
    page: () => desktop.windows[0]!.webContents.page,
    choose: (label) => {
      const items = desktop.menu.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
      const click = items.find((item) => item.label === label)!.click as () => void;
      click();
      return Promise.resolve();
    },
    async quit() {
      const { app } = await import('./electron.ts');
      app.quit();
      await gone;
      await browser.close();
      vi.unstubAllEnvs();
    },
  };
}
