/** The desktop application end to end. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { electronMissing, startDesktop, startStandIn } from '../support/desktop/launch.ts';
import { goTo, problemsOf, screens } from '../support/window.ts';

const ran = electronMissing === null ? 'Electron' : `a stand-in for Electron, because ${electronMissing}`;
process.stdout.write(`The desktop application runs in ${ran}.\n`);

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'desktop-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  return home;
}
afterAll(() => vi.unstubAllEnvs());

describe('the desktop application', () => {
  it('opens the starter, shows every screen, and has all of it again when it is started again', async () => {
    const home = newHome();
    const first = await startDesktop(home);
    const page = await first.page();
    const problems = problemsOf(page);
    await page.getByRole('button', { name: 'Open the starter' }).click();
    await page.getByRole('heading', { name: 'Starter' }).first().waitFor();
    for (const screen of screens) await goTo(page, screen);
    await first.choose('Rank');
    await page.locator('nav a[href="#/rank"][aria-current="page"]').waitFor();
    expect(problems).toEqual([]);
    await first.quit();

    const second = await startDesktop(home);
    const again = await second.page();
    await again.getByText('Starter', { exact: true }).first().waitFor();
    await second.quit();
    expect(readdirSync(join(home, '.config/alignment-workbench/logs')).sort()[0]).toMatch(
      /^application-.*\.log$/,
    );
  });

  it('reaches nothing but itself', async () => {
    const application = await startDesktop(newHome());
    const page = await application.page();
    await page.getByRole('navigation', { name: 'Screens' }).waitFor();
    for (const url of ['https://example.org/', 'http://127.0.0.1:9/', 'app://other/']) {
      expect(await page.evaluate((to) => fetch(to).then(String, () => 'refused'), url)).toBe('refused');
    }
    await page.evaluate('globalThis.sameDocument = true');
    for (const leave of ['location.href = ', 'open']) {
      // Whoever asks of a page that is about to leave hears nothing until it stays.
      await page.evaluate(`${leave}('https://example.org/')`).catch(() => {});
      await page.getByRole('navigation', { name: 'Screens' }).waitFor();
      await expect.poll(() => page.evaluate('globalThis.sameDocument').catch(() => null)).toBe(true);
    }
    expect(page.context().pages()).toHaveLength(1);
    await application.quit();
  });
});

describe.runIf(electronMissing !== null)('what only the stand-in can tell', () => {
  it('gives the window no power but the bridge, and seals the process', async () => {
    const application = await startStandIn(newHome());
    const { desktop } = application;
    const { webPreferences, show, minWidth, minHeight } = desktop.windows[0]!.options;
    expect(webPreferences).toMatchObject({ contextIsolation: true, sandbox: true, nodeIntegration: false });
    expect({ show, minWidth, minHeight }).toEqual({ show: false, minWidth: 960, minHeight: 660 });
    expect(desktop.switches.get('host-resolver-rules')).toBe('MAP * ~NOTFOUND');
    await application.quit();
  });

  it('shows a page that leads back when the window has failed', async () => {
    const application = await startStandIn(newHome());
    const page = await application.page();
    await page.getByRole('navigation', { name: 'Screens' }).waitFor();
    application.desktop.windows[0]!.webContents.emit(
      'render-process-gone',
      {},
      { reason: 'crashed', exitCode: 5 },
    );
    await page.getByRole('link', { name: 'Open the window again' }).click();
    await page.getByRole('navigation', { name: 'Screens' }).waitFor();
    await application.quit();
  });

  it('goes on without a window on macOS, where the dock opens one again', async () => {
    const application = await startStandIn(newHome());
    await application.page();
    const { windows } = application.desktop;
    const platform = Object.getOwnPropertyDescriptor(process, 'platform')!;
    onTestFinished(() => void Object.defineProperty(process, 'platform', platform));
    Object.defineProperty(process, 'platform', { ...platform, value: 'darwin' });
    await windows[0]!.close();
    expect(windows).toHaveLength(0);
    application.tellApp('activate');
    expect(windows).toHaveLength(1);
    Object.defineProperty(process, 'platform', platform);
    const page = await application.page();
    await page.getByRole('navigation', { name: 'Screens' }).waitFor();
    await application.quit();
  });

  it('opens a project whose file was double-clicked, and says why where it cannot', async () => {
    const home = newHome();
    const application = await startStandIn(home);
    const page = await application.page();
    await page.getByRole('button', { name: 'Open the starter' }).click();
    await page.getByRole('heading', { name: 'Starter' }).first().waitFor();
    const project = join(home, 'alignment-workbench', 'starter');
    await vi.waitFor(() => expect(existsSync(project)).toBe(true), 10_000);
    application.tellApp('second-instance', {}, ['workbench', join(home, 'gone', 'project.alignment')], home);
    await vi.waitFor(() => expect(application.desktop.errors).toHaveLength(1));
    expect(application.desktop.errors[0]).toMatch(/gone/);
    application.tellApp('open-file', { preventDefault: () => {} }, join(project, 'project.alignment'));
    await page.getByText('Starter', { exact: true }).first().waitFor();
    await application.quit();
  });
});
