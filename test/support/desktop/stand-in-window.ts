/** A window of the stand-in: a page of the real Chromium, with the preload script run before its own. */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as Electron from 'electron';
import type { BrowserContext, Page, Request as PageRequest, Route } from 'playwright-core';
import type { Desktop } from './desktop.ts';
import type { MainPort } from './main-port.ts';
import { pack, unpack } from './packing.ts';

const pageScript = readFileSync(join(import.meta.dirname, 'page-script.txt'), 'utf8');

/** `app://workbench/x` as Chromium is shown it, and back. */
const shown = (url: string): string => url.replace(/^app:\/\/([^/]+)/, 'http://$1.localhost');
const real = (url: string): string =>
  url.replace(/^(blob:)?http:\/\/([^/.]+)\.localhost(?=\/)/, '$1app://$2');

/** What a page says to its preload script's half here. */
type Said =
  | { readonly type: 'send' | 'invoke'; readonly channel: string; readonly args: readonly unknown[] }
  | { readonly type: 'port'; readonly id: number; readonly data: unknown }
  | { readonly type: 'ready' };

export class StandInWindow extends EventEmitter {
  readonly webContents: Contents;
  readonly options: Electron.BrowserWindowConstructorOptions;
  focused = false;
  progress = -1;
  readonly #desktop: Desktop<StandInWindow>;

  constructor(desktop: Desktop<StandInWindow>, options: Electron.BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    this.#desktop = desktop;
    this.webContents = new Contents(desktop, options);
    desktop.windows.push(this);
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.load(url);
    this.emit('ready-to-show');
  }

  show(): void {
    this.focused = true;
  }

  focus(): void {
    this.focused = true;
  }

  isMinimized(): boolean {
    return false;
  }

  getNormalBounds(): Electron.Rectangle {
    const { x = 0, y = 0, width = 800, height = 600 } = this.options;
    return { x, y, width, height };
  }

  setProgressBar(share: number): void {
    this.progress = share;
  }

  close(): Promise<void> {
    this.emit('close');
    this.#desktop.windows.splice(this.#desktop.windows.indexOf(this), 1);
    return this.webContents.end().then(() => void this.emit('closed'));
  }
}

type OpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' };

class Contents extends EventEmitter {
  /** Resolves with the page once it shows something. */
  readonly page: Promise<Page>;
  readonly #desktop: Desktop;
  readonly #ports = new Map<number, MainPort>();
  #context: BrowserContext | undefined;
  #openHandler: OpenHandler = () => ({ action: 'allow' });
  /** What the main process itself has the page load. */
  #loading: string | undefined;
  #nextPort = 0;
  #ending = false;

  constructor(desktop: Desktop, options: Electron.BrowserWindowConstructorOptions) {
    super();
    this.#desktop = desktop;
    this.page = this.#open(options);
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  async load(url: string): Promise<void> {
    const page = await this.page;
    this.#loading = shown(url);
    // Where the window is closed meanwhile there is nothing to load any more.
    await page.goto(this.#loading).catch((error: unknown) => {
      if (!this.#ending) throw error;
    });
  }

  send(channel: string, ...args: unknown[]): void {
    void this.#tell(channel, args, []);
  }

  postMessage(channel: string, message: unknown, ports: readonly MainPort[]): void {
    const ids = ports.map((port) => this.#adopt(port));
    void this.#tell(channel, [message], ids);
  }

  async end(): Promise<void> {
    this.#ending = true;
    await this.page;
    this.#closePorts();
    await this.#context?.close();
  }

  async #open({ width = 1280, height = 800, webPreferences }: Electron.BrowserWindowConstructorOptions) {
    this.#context = await this.#desktop.browser.newContext({ viewport: { width, height } });
    await this.#context.route('**/*', (route, request) => this.#answer(route, request));
    const page = await this.#context.newPage();
    await page.exposeBinding('__desktop', ({ frame }, said: Said) => this.#hear(said, real(frame.url())));
    const preload = readFileSync(webPreferences!.preload!, 'utf8');
    await page.addInitScript(pageScript.replace('/* preload */', () => preload));
    page.on('popup', (popup) => void popup.close());
    page.on('crash', () => {
      this.#closePorts();
      this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
    });
    return page;
  }

  /** As the session's filter, the page's guards and the protocol's handler decide, in that order. */
  async #answer(route: Route, request: PageRequest): Promise<void> {
    const url = real(request.url());
    if (this.#desktop.beforeRequest && !(await this.#desktop.beforeRequest(url)))
      return route.abort('aborted');
    // What is aborted, rather than failed, leaves the page where it is.
    if (request.isNavigationRequest() && !this.#mayNavigate(request, url)) return route.abort('aborted');
    if (!url.startsWith('app:')) return route.continue();
    const response = await this.#desktop.respond!(new Request(url, { method: request.method() }));
    return route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  }

  #mayNavigate(request: PageRequest, url: string): boolean {
    if (request.frame().page() !== this.#pageNow()) {
      return this.#openHandler({ url }).action === 'allow';
    }
    if (request.url() === this.#loading) return true;
    let prevented = false;
    this.emit('will-navigate', { url, preventDefault: () => (prevented = true) });
    return !prevented;
  }

  #pageNow(): Page | undefined {
    return this.#context?.pages()[0];
  }

  #hear(said: Said, url: string): unknown {
    const event = { sender: this, senderFrame: { url, parent: null } };
    switch (said.type) {
      // The page begins anew: the ports of the one before are gone with it.
      case 'ready':
        return this.#closePorts();
      case 'send':
        return void this.#desktop.ipc.emit(said.channel, event, ...said.args);
      case 'invoke':
        return this.#desktop.invoked.get(said.channel)!(event, ...said.args);
      case 'port':
        return this.#ports.get(said.id)?.postMessage(unpack(said.data));
    }
  }

  #adopt(port: MainPort): number {
    const id = this.#nextPort++;
    this.#ports.set(id, port);
    port.on('message', ({ data }: { data: unknown }) => void this.#run('__desktopPort', [id, pack(data)]));
    port.start();
    return id;
  }

  #closePorts(): void {
    for (const port of this.#ports.values()) port.close();
    this.#ports.clear();
  }

  #tell(channel: string, args: readonly unknown[], ports: readonly number[]): Promise<void> {
    return this.#run('__desktopReceive', [channel, args, ports]);
  }

  async #run(name: string, args: readonly unknown[]): Promise<void> {
    const page = await this.page;
    // A page that is going hears nothing any more.
    await page.evaluate(`globalThis.${name}?.(...${JSON.stringify(args)})`).catch(() => {});
  }
}
