/**
 * Who may speak to the loopback server. Every page a browser has open can send requests to 127.0.0.1, and so can
 * every other user of a shared machine; these are the checks that leave only who was given the address:
 *
 * - Token: 256 random bits in the printed address, exchanged for a cookie that scripts cannot read.
 * - Host: a page at evil.example whose name is made to resolve to 127.0.0.1 (DNS rebinding) is, to the browser, of our
 *   origin; but its requests carry `Host: evil.example`. So the name must be a loopback name. The port may be any:
 *   through an SSH tunnel it is the tunnel's, and whoever rebinds a name chooses the name, which is what gives it away.
 * - Origin: WebSockets are open to all origins, and cookies know no ports, so a page of another server on this
 *   machine (`http://localhost:3000`) would be let in by its cookie. The origin must be the very host and port
 *   that the request is addressed to, as the browser sees both.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::(\d{1,5}))?$/i;
const SECRET_BYTES = 32;

const secret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

export class Access {
  /** What the address must hold. */
  readonly token = secret();
  // Not the token itself: browsers send a cookie to every port of the host.
  readonly #session = secret();

  isToken(given: string): boolean {
    return isSame(given, this.token);
  }

  /** Whether the browser has exchanged the token before. */
  hasSession({ host, cookie = '' }: IncomingHttpHeaders): boolean {
    const prefix = `${cookieName(host)}=`;
    const values = cookie.split(';').map((pair) => pair.trim());
    return values.some((pair) => pair.startsWith(prefix) && isSame(pair.slice(prefix.length), this.#session));
  }

  /** The `Set-Cookie` header that the token is exchanged for. */
  sessionCookie({ host }: IncomingHttpHeaders): string {
    return `${cookieName(host)}=${this.#session}; Path=/; HttpOnly; SameSite=Strict`;
  }
}

export const isLoopbackHost = (host: string | undefined): boolean =>
  host !== undefined && LOOPBACK_HOST.test(host);

/** Whether a page of the request's own host and port sent it. */
export const isOwnOrigin = ({ host, origin }: IncomingHttpHeaders): boolean =>
  host !== undefined && origin?.toLowerCase() === `http://${host.toLowerCase()}`;

/** Two workbenches on one machine, or at the ends of two tunnels, keep their cookies apart by the port. */
const cookieName = (host: string | undefined): string =>
  `workbench-${LOOPBACK_HOST.exec(host ?? '')?.[1] ?? '80'}`;

/** In a time that tells nothing of where they differ. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}
