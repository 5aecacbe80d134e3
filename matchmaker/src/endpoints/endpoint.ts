import { isIPv4, isIPv6 } from 'node:net';

/** One side of a UDP flow, as the other side sees it. */
export interface Endpoint {
  /** IPv4 dotted, or IPv6 as RFC 5952 writes it. */
  address: string;
  port: number;
}

export type Family = 4 | 6;

export function familyOf(address: string): Family {
  return address.includes(':') ? 6 : 4;
}

export function keyOf({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}

/** The one spelling of an IP address that registrations are kept under; null for what is not one. */
export function canonicalAddress(text: string): string | null {
  if (isIPv4(text)) return text;
  if (text.length > 45 || !isIPv6(text) || text.includes('%')) return null;
  const canonical = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (!mapped) return canonical;
  const [high, low] = [Number.parseInt(mapped[1] as string, 16), Number.parseInt(mapped[2] as string, 16)];
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** The 4 or 16 bytes of a valid address. */
export function octetsOf(address: string): Uint8Array {
  return Uint8Array.from(familyOf(address) === 6 ? ipv6Octets(address) : address.split('.').map(Number));
}

function ipv6Octets(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const groups = (text: string) =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const zeros = new Array<number>(8 - first.length - last.length).fill(0);
  return [...first, ...zeros, ...last].flatMap((group) => [group >> 8, group & 0xff]);
}

/** `[ip, port]`; undefined when it is something else. */
export function parseEndpoint(value: unknown): Endpoint | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [ip, port] = value as [unknown, unknown];
  const address = typeof ip === 'string' ? canonicalAddress(ip) : null;
  if (address === null || !Number.isInteger(port)) return undefined;
  return (port as number) >= 1 && (port as number) <= 65_535 ? { address, port: port as number } : undefined;
}

/** Where an address means something: `none` for what no unicast datagram may go to. */
export type Scope = 'public' | 'private' | 'loopback' | 'none';

/** The special-purpose ranges of RFC 6890 that matter to a rendezvous. */
export function scopeOf(address: string): Scope {
  return address.includes(':') ? scopeOfIpv6(address) : scopeOfIpv4(address);
}

function scopeOfIpv4(address: string): Scope {
  // Called for each datagram: only two of the four numbers are needed.
  const dot = address.indexOf('.');
  const a = Number(address.slice(0, dot));
  const b = Number(address.slice(dot + 1, address.indexOf('.', dot + 1)));
  if (a === 127) return 'loopback';
  if (a === 0 || a >= 224) return 'none';
  if (a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168)) return 'private';
  if ((a === 169 && b === 254) || (a === 100 && b >= 64 && b <= 127)) return 'private';
  return 'public';
}

function scopeOfIpv6(address: string): Scope {
  if (address === '::1') return 'loopback';
  if (address === '::') return 'none';
  const head = Number.parseInt(address.split(':', 1)[0] || '0', 16);
  if (head >= 0xff00) return 'none';
  if ((head & 0xfe00) === 0xfc00 || (head & 0xffc0) === 0xfe80) return 'private';
  return 'public';
}

/**
 * Whether a peer may be sent to another. A private address means something else, or nothing, outside its
 * network: it is reached only by peers that are seen from a private network themselves.
 */
export function mayReach(from: string, to: string): boolean {
  const scope = scopeOf(to);
  return scope === 'public' || (scope !== 'none' && scope === scopeOf(from));
}
