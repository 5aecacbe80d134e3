import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import {
  ATTRIBUTE,
  CLASS,
  decodeXorAddress,
  parseStun,
  type StunAttribute,
  type StunMessage,
  serializeStun,
} from '../../../matchmaker/src/stun/message.ts';
import { type Check, type Finding, ok, problem, warning } from '../checks.ts';
import { exchange, openStunSocket } from '../household/stun.ts';
import { firstValueOf, type Installation, listed } from './context.ts';

const COOKIE = Buffer.from('2112a442', 'hex');
/** Methods and attributes of TURN (RFC 8656, section 18). */
const ALLOCATE = 0x003;
const REFRESH = 0x004;
const LIFETIME = 0x000d;
const RELAYED = 0x0016;
const TRANSPORT = { type: 0x0019, value: Buffer.from([17, 0, 0, 0]) };
/** MESSAGE-INTEGRITY with its type and length. */
const INTEGRITY_BYTES = 24;
const ATTEMPTS = 4;
/** How long the credentials of a check hold. */
const CREDENTIAL_S = 600;

export type Allocation =
  | { outcome: 'allocated'; relayed: string }
  | { outcome: 'refused'; code: number; reason: string }
  | { outcome: 'no_answer' };

/**
 * Asks a TURN server (RFC 8656) over UDP for a relayed address, as a player does with the credentials that it is handed for
 * `secret` (coturn: static-auth-secret), and gives it back.
 */
export async function allocate(server: { host: string; port: number }, secret: string): Promise<Allocation> {
  const socket = createSocket('udp4');
  socket.on('error', () => {});
  const ask = (request: Buffer) =>
    exchange(
      socket,
      server,
      request,
      (answer) => {
        const message = parseStun(answer);
        return message && Buffer.compare(message.id, idOf(request)) === 0 ? message : undefined;
      },
      ATTEMPTS,
    );
  try {
    // The first is refused, with what the second has to name.
    const challenge = await ask(requestOf(ALLOCATE, [TRANSPORT]));
    if (!challenge) return { outcome: 'no_answer' };
    const [realm, nonce] = [ATTRIBUTE.realm, ATTRIBUTE.nonce].map((type) => attributeOf(challenge, type));
    if (!realm || !nonce) return outcomeOf(challenge);
    const username = `${Math.floor(Date.now() / 1_000) + CREDENTIAL_S}:doctor`;
    const password = createHmac('sha1', secret).update(username).digest('base64');
    const key = createHash('md5')
      .update(`${username}:${realm.toString('utf8')}:${password}`)
      .digest();
    const credentials = [
      { type: ATTRIBUTE.username, value: Buffer.from(username) },
      { type: ATTRIBUTE.realm, value: realm },
      { type: ATTRIBUTE.nonce, value: nonce },
    ];
    const answer = await ask(requestOf(ALLOCATE, [TRANSPORT, ...credentials], key));
    if (!answer) return { outcome: 'no_answer' };
    const result = outcomeOf(answer);
    if (result.outcome === 'allocated')
      await ask(requestOf(REFRESH, [{ type: LIFETIME, value: Buffer.alloc(4) }, ...credentials], key));
    return result;
  } finally {
    socket.close();
  }
}

function outcomeOf(message: StunMessage): Allocation {
  const relayed = attributeOf(message, RELAYED);
  const at = relayed && decodeXorAddress(relayed, message.id);
  if (message.class === CLASS.success && at)
    return {
      outcome: 'allocated',
      relayed: `${at.address.includes(':') ? `[${at.address}]` : at.address}:${at.port}`,
    };
  const error = attributeOf(message, ATTRIBUTE.errorCode) ?? Buffer.alloc(4);
  return {
    outcome: 'refused',
    code: (error[2]! & 7) * 100 + error[3]!,
    reason: error.subarray(4).toString('utf8').replace(/\0+$/, ''),
  };
}

function attributeOf({ attributes }: StunMessage, wanted: number): Buffer | undefined {
  const found = attributes.find(({ type }) => type === wanted);
  return found && Buffer.from(found.value);
}

const idOf = (message: Buffer) => message.subarray(4, 20);

function requestOf(method: number, attributes: readonly StunAttribute[], key?: Buffer): Buffer {
  const id = Buffer.concat([COOKIE, randomBytes(12)]);
  const integrity = key ? [{ type: ATTRIBUTE.messageIntegrity, value: Buffer.alloc(20) }] : [];
  const request = serializeStun({
    method,
    class: CLASS.request,
    id,
    attributes: [...attributes, ...integrity],
  });
  // Of the message as long as it is with it (RFC 8489, section 14.5).
  if (key)
    createHmac('sha1', key)
      .update(request.subarray(0, -INTEGRITY_BYTES))
      .digest()
      .copy(request, request.length - 20);
  return request;
}

export const stun: Check<Installation> = {
  name: 'STUN',
  async run(installation) {
    const servers = listed(installation, 'STUN_SERVERS');
    if (servers.length === 0)
      return [
        problem(
          'no STUN server is named: viewers and peers do not learn the addresses at which they are reached',
          'Name the matchmaker or another one in STUN_SERVERS of viewing, such as stun:films.example.org:12345.',
        ),
      ];
    const socket = await openStunSocket();
    try {
      return await Promise.all(
        servers.map(async (server) => {
          const mapped = await socket.mapped(server);
          return mapped === null
            ? problem(
                `no answer by STUN from ${server} (UDP)`,
                'Start it, and let its UDP port through every firewall on the way.',
              )
            : ok(`${server} answers (this machine is ${mapped} there)`);
        }),
      );
    } finally {
      socket.close();
    }
  },
};

const TURN_URI = /^turn:(?<host>\[[^\]]+\]|[^:?]+)(?::(?<port>\d+))?(?:\?transport=udp)?$/;

export const turn: Check<Installation> = {
  name: 'TURN',
  async run(installation) {
    const servers = listed(installation, 'TURN_SERVERS');
    const secret = firstValueOf(installation, 'TURN_SECRET');
    if (servers.length === 0)
      return [
        warning(
          'no TURN server is named: viewers and peers behind strict networks cannot be connected',
          'Run coturn, and name it in TURN_SERVERS of viewing, with its static-auth-secret in TURN_SECRET.',
        ),
      ];
    if (secret === null)
      return [
        problem('TURN_SERVERS is set, and TURN_SECRET is not', 'Set it to the static-auth-secret of coturn.'),
      ];
    return Promise.all(servers.map((server) => ofServer(server, secret)));
  },
};

async function ofServer(server: string, secret: string): Promise<Finding> {
  const { host, port } = TURN_URI.exec(server)?.groups ?? {};
  if (!host) return warning(`${server} is not checked: only turn: over UDP is`, 'Check it with a browser.');
  const result = await allocate({ host: host.replace(/[[\]]/g, ''), port: Number(port ?? 3478) }, secret);
  if (result.outcome === 'allocated') return ok(`${server} relays (at ${result.relayed})`);
  if (result.outcome === 'no_answer')
    return problem(
      `no answer by TURN from ${server} (UDP)`,
      'Start coturn, and let its UDP port, and those of its relays, through every firewall on the way.',
    );
  return problem(
    `${server} refuses to relay: ${result.code} ${result.reason}`,
    result.code === 401
      ? 'TURN_SECRET and coturn’s static-auth-secret differ, use-auth-secret is not set, or its clock is off by minutes.'
      : 'See the log of coturn: quotas, the range of ports, or its addresses (relay-ip, external-ip).',
  );
}
