/** The workbench in a browser: a web server that only this machine reaches, and a WebSocket for every window. */
import { readFile } from 'node:fs/promises';
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Log } from '../../contract/connection.ts';
import { ConfigurationError } from '../../contract/errors.ts';
import { MAX_MESSAGE_BYTES } from '../../contract/message-pack.ts';
import { socketTransport } from '../../contract/transports.ts';
import { attachWindow, type Service } from '../service.ts';
import { Access, isLoopbackHost, isOwnOrigin } from './access.ts';
import { securityHeaders, Site } from './site.ts';

const LOOPBACK = '127.0.0.1';
const CONNECTION_PATH = '/connection';
const GOING_AWAY = 1001;

export interface ServeOptions {
  readonly service: Service;
  /** The built window. */
  readonly rendererFolder: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly log: Log;
}

export interface WebHost {
  /** With its token. */
  readonly address: string;
  close(): Promise<void>;
}

/** Why a request is not answered. */
interface Refusal {
  readonly status: number;
  readonly why: string;
}

/** Serves until closed. Throws a `ConfigurationError` where the port is taken or the window is not built. */
export async function serve(options: ServeOptions): Promise<WebHost> {
  const host = new LoopbackHost(options);
  await host.listen(options.port);
  return host;
}

class LoopbackHost implements WebHost {
  readonly #options: ServeOptions;
  readonly #access = new Access();
  readonly #site: Site;
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });

  constructor(options: ServeOptions) {
    this.#options = options;
    this.#site = new Site(options.rendererFolder);
    this.#http = createServer((request, response) => void this.#respond(request, response));
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#http.on('clientError', (error, socket) => {
      options.log(`refused a request: ${error.message}`);
      refuseSocket(socket, 400);
    });
  }

  get address(): string {
    const { port } = this.#http.address() as AddressInfo;
    return `http://${LOOPBACK}:${port}/?token=${this.#access.token}`;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#http.once('error', (error) => reject(describeListenError(error, port)));
      this.#http.listen(port, LOOPBACK, resolve);
    });
  }

  close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.close(GOING_AWAY, 'the workbench was stopped');
    return new Promise((resolve) => {
      this.#http.close(() => resolve());
      this.#http.closeIdleConnections();
      // A window that does not answer the goodbye is left without one.
      setTimeout(() => this.#sockets.clients.forEach((socket) => socket.terminate()), 1000).unref();
    });
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { path, token } = readTarget(request);
      const refusal = this.#refusalOf(request, token);
      if (refusal) return this.#refuse(request, response, refusal);
      if (token !== undefined) return this.#exchange(request, response);
      await this.#send(request, response, path);
    } catch (error) {
      this.#options.log(`a request failed: ${error instanceof Error ? error.stack : String(error)}`);
      response.destroy();
    }
  }

  #refusalOf({ method, headers }: IncomingMessage, token: string | undefined): Refusal | undefined {
    if (!isLoopbackHost(headers.host)) return { status: 403, why: 'its Host is not this machine' };
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, why: 'only GET and HEAD are answered' };
    if (token === undefined)
      return this.#access.hasSession(headers)
        ? undefined
        : { status: 403, why: 'it has no token: open the whole address that the workbench printed' };
    return this.#access.isToken(token)
      ? undefined
      : { status: 403, why: 'its token is wrong: open the address that the workbench printed last' };
  }

  /** Takes the token out of the address bar and of the history. */
  #exchange({ headers }: IncomingMessage, response: ServerResponse): void {
    const cookie = { 'Set-Cookie': this.#access.sessionCookie(headers) };
    response
      .writeHead(303, { ...securityHeaders, ...cookie, Location: '/', 'Cache-Control': 'no-store' })
      .end();
  }

  async #send(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const file = this.#site.find(path);
    if (!file) return this.#refuse(request, response, { status: 404, why: 'there is no such file' });
    const bytes = await readFile(file.path);
    response.writeHead(200, { ...securityHeaders, ...file.headers, 'Content-Length': bytes.length });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  }

  #refuse(request: IncomingMessage, response: ServerResponse, { status, why }: Refusal): void {
    this.#logRefusal(request, why);
    const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' };
    response.writeHead(status, { ...securityHeaders, ...headers }).end(`This was refused: ${why}.\n`);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // One that is cut off says so as an error, of which the close tells enough.
    socket.on('error', () => {});
    const refusal = this.#upgradeRefusalOf(request);
    if (refusal) {
      this.#logRefusal(request, refusal.why);
      return refuseSocket(socket, refusal.status);
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', (error) => this.#options.log(`refused a message: ${error.message}`));
      attachWindow(this.#options.service, socketTransport(webSocket), this.#options.log);
    });
  }

  #upgradeRefusalOf(request: IncomingMessage): Refusal | undefined {
    const { headers } = request;
    if (!isLoopbackHost(headers.host)) return { status: 403, why: 'its Host is not this machine' };
    if (!isOwnOrigin(headers)) return { status: 403, why: 'its Origin is not this server' };
    if (!this.#access.hasSession(headers)) return { status: 403, why: 'it has no token' };
    if (readTarget(request).path !== CONNECTION_PATH)
      return { status: 404, why: 'there is nothing to speak to' };
    return undefined;
  }

  #logRefusal(request: IncomingMessage, why: string): void {
    const what = `${request.method} ${JSON.stringify(readTarget(request).path.slice(0, 200))}`;
    this.#options.log(`refused ${what} from ${request.socket.remoteAddress}: ${why}`);
  }
}

/** The path exactly as it was sent, and the token beside it. */
function readTarget({ url = '' }: IncomingMessage): { path: string; token: string | undefined } {
  const query = url.indexOf('?');
  if (query < 0) return { path: url, token: undefined };
  const token = new URLSearchParams(url.slice(query)).get('token');
  return { path: url.slice(0, query), token: token ?? undefined };
}

function refuseSocket(socket: Duplex, status: number): void {
  if (!socket.writable) return;
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function describeListenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new ConfigurationError(
      `port ${port} is taken: choose another with --port, or 0 for any that is free`,
    );
  if (error.code === 'EACCES')
    return new ConfigurationError(
      `port ${port} may not be used by this user: choose one above 1023 with --port`,
    );
  return error;
}
