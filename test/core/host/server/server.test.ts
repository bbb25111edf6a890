/** The real server against whoever is not to be let in; requests are written byte by byte where clients would tidy them. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect as openSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import { connect } from '../../../../core/contract/connection.ts';
import { MAX_MESSAGE_BYTES } from '../../../../core/contract/message-pack.ts';
import { socketTransport } from '../../../../core/contract/transports.ts';
import { randomStream } from '../../../../core/data/random.ts';
import { serve, type WebHost } from '../../../../core/host/server/server.ts';
import { FakeWorkbench } from '../../../contract/fake-workbench.ts';

const PAGE = '<!doctype html><title>the window</title>';
const SECRET = 'not to be served';

let folder: string;
let server: WebHost;
let log = '';
let address: URL;
let cookie: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'site-'));
  const rendererFolder = join(folder, 'dist');
  mkdirSync(join(rendererFolder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), SECRET);
  writeFileSync(join(rendererFolder, 'index.html'), PAGE);
  writeFileSync(join(rendererFolder, 'assets/main-1a2b.js'), 'export {};');
  symlinkSync(join(folder, 'secret.txt'), join(rendererFolder, 'link.txt'));
  server = await serve({
    service: new FakeWorkbench(),
    rendererFolder,
    port: 0,
    log: (text) => (log += `${text}\n`),
  });
  address = new URL(server.address);
  const { headers } = await fetch(address, { redirect: 'manual' });
  cookie = headers.get('set-cookie')!.split(';')[0]!;
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What is logged while something is done. */
async function logged(act: () => Promise<unknown>): Promise<string> {
  const before = log.length;
  await act();
  return log.slice(before);
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends a request exactly as it is written. */
function ask(
  target: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answer> {
  const all = { Host: address.host, Cookie: cookie, Connection: 'close', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return send(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`);
}

function send(bytes: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = openSocket(Number(address.port), '127.0.0.1', () => socket.write(bytes, 'latin1'));
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('error', reject);
    socket.on('close', () => resolve({ status: Number(text.split(' ')[1]), text }));
  });
}

describe('the address', () => {
  it('is of 127.0.0.1 and holds 256 random bits', () => {
    expect(address.hostname).toBe('127.0.0.1');
    expect(Buffer.from(address.searchParams.get('token')!, 'base64url')).toHaveLength(32);
  });

  it('is exchanged for a cookie that no script and no other site can use, and leaves the address bar', async () => {
    const { status, headers } = await fetch(address, { redirect: 'manual' });
    expect(status).toBe(303);
    expect(headers.get('location')).toBe('/');
    const [pair, ...flags] = headers.get('set-cookie')!.split('; ');
    expect(flags.sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict']);
    expect(pair).not.toContain(address.searchParams.get('token')!);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('lets no one in without the token, and says what to do', async () => {
    const text = await logged(async () => {
      const { status, text } = await ask('/', { Cookie: '' });
      expect(status).toBe(403);
      expect(text).toContain('open the whole address');
      expect(text).not.toContain('<title>');
    });
    expect(text).toMatch(/^refused GET "\/" from 127\.0\.0\.1: it has no token.*\n$/);
  });

  it.each(['', 'x', 'A'.repeat(43), 'A'.repeat(10_000)])('refuses a wrong token', async (token) => {
    const text = await logged(async () => {
      const { status } = await ask(`/?token=${token}`);
      expect(status).toBe(403);
    });
    expect(text).toContain('its token is wrong');
    if (token) expect(text).not.toContain(token);
  });

  it('refuses a wrong cookie, and the token in the place of the cookie', async () => {
    const [name] = cookie.split('=');
    for (const value of ['', 'x', address.searchParams.get('token')!])
      expect((await ask('/', { Cookie: `${name}=${value}` })).status).toBe(403);
  });
});

describe('the files of the window', () => {
  it('are served to who has the cookie', async () => {
    const { status, text } = await ask('/');
    expect(status).toBe(200);
    expect(text).toContain(PAGE);
    expect((await ask('/assets/main-1a2b.js')).text).toContain('export {};');
  });

  it('come with headers that keep everything else out', async () => {
    const { headers } = await fetch(address.origin, { headers: { cookie } });
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    const policy = headers.get('content-security-policy')!.split('; ');
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy.join()).not.toContain('unsafe');
  });

  it('come without a body for HEAD, and for nothing but GET and HEAD', async () => {
    expect((await ask('/', {}, 'HEAD')).text).not.toContain(PAGE);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])
      expect((await ask('/', {}, method)).status).toBe(405);
  });

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/..\\secret.txt',
    '/%252e%252e/secret.txt',
    '/....//secret.txt',
    '/..;/secret.txt',
    '/index.html%00.txt',
    '//secret.txt',
    '/./index.html',
    '/link.txt',
    '/INDEX.HTML',
    '/assets',
    '/assets/',
    '/C:/secret.txt',
    '/%c0%ae%c0%ae/secret.txt',
    '/%',
    '/__proto__',
    '/constructor',
    'http://evil.example/',
    'http://127.0.0.1/index.html',
    '*',
    'secret.txt',
  ])('are all there is: %s is not', async (target) => {
    const text = await logged(async () => {
      const { status, text } = await ask(target);
      expect([400, 404]).toContain(status);
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(PAGE);
    });
    expect(text).toContain('refused');
    expect((await ask('/')).status).toBe(200);
  });

  it('survive requests that are none', async () => {
    const random = randomStream(5, 'requests');
    for (let i = 0; i < 50; i++) {
      const noise = Array.from({ length: 200 }, () => String.fromCharCode(random.integer(256))).join('');
      await send(`${noise}\r\n\r\n`).catch(() => {});
    }
    expect((await send('GET / HTTP/1.1\r\n\r\n')).status).toBe(400);
    expect((await ask('/', { 'X-Long': 'x'.repeat(100_000) })).status).toBe(400);
    expect((await ask('/')).status).toBe(200);
  });
});

const strangers = [
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'evil.example#127.0.0.1',
  'user@127.0.0.1',
  '127.0.0.2',
  '0.0.0.0',
  '[::]',
  '2130706433',
  'localhost.',
  '',
];
const withPort = (name: string) => `${name}:${address.port}`;

describe('the Host of a request', () => {
  it.each(strangers)('is refused where it is %s', async (name) => {
    const text = await logged(async () => {
      expect((await ask('/', { Host: withPort(name) })).status).toBe(403);
      expect((await ask(`/${address.search}`, { Host: withPort(name) })).status).toBe(403);
    });
    expect(text).toContain('its Host is not this machine');
  });

  it('may be any loopback name with any port, which a tunnel may have changed', async () => {
    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]']) {
      const { status, text } = await ask(`/${address.search}`, { Host: `${name}:9999` });
      expect(status).toBe(303);
      const given = /set-cookie: ([^;]+);/i.exec(text)![1]!;
      expect((await ask('/', { Host: `${name}:9999`, Cookie: given })).status).toBe(200);
    }
  });

  it("has a cookie of its own, so that two workbenches do not lose each other's", async () => {
    const { text } = await ask(`/${address.search}`, { Host: 'localhost:9999' });
    const other = /set-cookie: ([^=]+)=/i.exec(text)![1]!;
    expect(other).not.toBe(cookie.split('=')[0]);
  });
});

/** The status with which a WebSocket is refused; 101 where it is opened. */
function knock(headers: Record<string, string>, path = '/connection', origin?: string): Promise<number> {
  const options: ClientOptions = { headers, ...(origin !== undefined && { origin }) };
  const socket = new WebSocket(`ws://${address.host}${path}`, options);
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.close();
      resolve(101);
    });
    socket.once('unexpected-response', (_request, response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    socket.once('error', reject);
  });
}

async function openWindow(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${address.host}/connection`, {
    origin: address.origin,
    headers: { cookie },
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

describe('a WebSocket', () => {
  it('opens for the page of the server itself, through a tunnel too', async () => {
    expect(await knock({ cookie }, '/connection', address.origin)).toBe(101);
    const { text } = await ask(`/${address.search}`, { Host: 'localhost:9999' });
    const given = /set-cookie: ([^;]+);/i.exec(text)![1]!;
    const tunnelled = { cookie: given, host: 'localhost:9999' };
    expect(await knock(tunnelled, '/connection', 'http://localhost:9999')).toBe(101);
  });

  it.each([
    ['another site', 'http://evil.example'],
    ['another server of this machine', 'http://127.0.0.1:3000'],
    ['another name of this machine', 'http://localhost'],
    ['a file or a sandboxed frame', 'null'],
    ['no page', undefined],
  ])('is refused to %s', async (_who, origin) => {
    const text = await logged(async () => {
      expect(await knock({ cookie }, '/connection', origin)).toBe(403);
    });
    expect(text).toContain('refused GET "/connection" from 127.0.0.1: its Origin is not this server');
  });

  it.each(strangers)('is refused with the Host %s, even to a page of that host', async (name) => {
    const host = withPort(name);
    expect(await knock({ cookie, host }, '/connection', `http://${host}`)).toBe(403);
  });

  it('is refused without the cookie, and at any other path', async () => {
    expect(await knock({}, '/connection', address.origin)).toBe(403);
    expect(await knock({ cookie: 'a=b' }, '/connection', address.origin)).toBe(403);
    expect(await knock({}, `/connection${address.search}`, address.origin)).toBe(403);
    expect(await knock({ cookie }, '/elsewhere', address.origin)).toBe(404);
  });

  it('refuses to send what is too large, and stays open', async () => {
    const window = connect(socketTransport(await openWindow(), MAX_MESSAGE_BYTES));
    const bytes = new Uint8Array(MAX_MESSAGE_BYTES);
    await expect(window.call('import.append', { id: 'x', bytes })).rejects.toThrow(/at most 32\.0 MiB/);
    await expect(window.call('app.about', {})).resolves.toBeDefined();
  });

  it('is closed when it sends too much all the same, and the server goes on', async () => {
    const socket = await openWindow();
    const text = await logged(async () => {
      socket.send(new Uint8Array(MAX_MESSAGE_BYTES + 1));
      const code = await new Promise((resolve) => socket.once('close', resolve));
      expect(code).toBe(1009);
    });
    expect(text).toContain('refused a message: Max payload size exceeded');
    expect((await ask('/')).status).toBe(200);
  });

  it('refuses text, noise and lists that claim more elements than they have bytes', async () => {
    const socket = await openWindow();
    const random = randomStream(6, 'frames');
    const frames: (string | Uint8Array)[] = ['{"id":1,"call":"app.about","input":{}}', ''];
    for (let i = 0; i < 300; i++)
      frames.push(Uint8Array.from({ length: random.integer(40) }, () => random.integer(256)));
    // An array, a map, bytes and an extension of 2^32 − 1 each, and many lists in one another.
    for (const claim of [0xdd, 0xdf, 0xc6, 0xc9]) frames.push(Uint8Array.of(claim, 255, 255, 255, 255, 7, 1));
    frames.push(new Uint8Array(100_000).fill(0x91));
    // Seven bytes of float64.
    frames.push(Uint8Array.of(0xc7, 7, 8, 1, 2, 3, 4, 5, 6, 7));
    const text = await logged(async () => {
      for (const frame of frames) socket.send(frame);
      const window = connect(socketTransport(socket));
      await expect(window.call('app.about', {})).resolves.toBeDefined();
    });
    expect(text.match(/refused a message/g)).toHaveLength(frames.length);
  });
});

describe('a server', () => {
  it('says that its port is taken', async () => {
    const options = { service: new FakeWorkbench(), rendererFolder: join(folder, 'dist'), log: () => {} };
    await expect(serve({ ...options, port: Number(address.port) })).rejects.toThrow(
      `port ${address.port} is taken: choose another with --port`,
    );
  });

  it('says that the window is not built', async () => {
    const options = { service: new FakeWorkbench(), rendererFolder: join(folder, 'none'), log: () => {} };
    await expect(serve({ ...options, port: 0 })).rejects.toThrow('holds no index.html');
  });

  it('tells its windows when it is stopped, and forgets those that have closed', async () => {
    const service = new FakeWorkbench();
    const own = await serve({ service, rendererFolder: join(folder, 'dist'), port: 0, log: () => {} });
    const { origin, host, search } = new URL(own.address);
    const { headers } = await fetch(`${origin}/${search}`, { redirect: 'manual' });
    const socket = new WebSocket(`ws://${host}/connection`, {
      origin,
      headers: { cookie: headers.get('set-cookie')!.split(';')[0]! },
    });
    const window = connect(socketTransport(socket));
    await new Promise((resolve) => socket.once('open', resolve));
    const reason = new Promise((resolve) => window.onClose(resolve));
    await window.call('app.about', {});
    await own.close();
    expect(await reason).toBe('the workbench was stopped');
    await vi.waitFor(async () => {
      const { pending: windows } = (await service.handle('demonstrate.counts', { labeler: 1 } as never)) as {
        pending: number;
      };
      expect(windows).toBe(0);
    });
  });
});
