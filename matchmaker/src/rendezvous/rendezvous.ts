import { randomBytes } from 'node:crypto';
import { type Endpoint, familyOf, mayReach, scopeOf } from '../endpoints/endpoint.ts';
import type { MaybePromise, Registration, Registrations } from '../registrations/registrations.ts';
import type { TokenChecker } from '../tokens/tokens.ts';
import type { Cookies } from './cookies.ts';
import { formatError, formatPeer, formatYourAddress, type Request } from './messages.ts';

/** A message to send: an answer to the sender, or a notice to a third party. */
export interface Outgoing {
  to: Endpoint;
  message: string;
  /** Whether `to` has shown that it receives. */
  proven: boolean;
  /** What the metrics call it. */
  kind: 'your_addr' | 'peer' | 'error';
}

export interface Rendezvous {
  /** The messages to send for a request. Never throws for anything a request may hold; rejects when the store fails. */
  handle(request: Request, source: Endpoint): MaybePromise<readonly Outgoing[]>;
}

/** Shared by the two sides of one rendezvous, 128 bits. */
const KEY_BYTES = 16;

/** Exchanges the addresses of two peers, so that both can send at once and open their NATs (RFC 5128, section 3.3). */
export function createRendezvous(deps: {
  registrations: Registrations;
  cookies: Cookies;
  tokens: TokenChecker;
  requireToken: boolean;
}): Rendezvous {
  const { registrations, cookies, tokens, requireToken } = deps;

  function register(
    request: Request & { type: 'register' },
    source: Endpoint,
  ): MaybePromise<readonly Outgoing[]> {
    const { token, peerId } = request;
    if (requireToken && peerId === null) return refuse(source, 'missing peer_id');
    if (requireToken && token === null) return refuse(source, 'missing token');
    if (token === null || peerId === null) return put(request, source, false);
    return tokens
      .check(token, peerId, source.address)
      .then((outcome) => (outcome.ok ? put(request, source, true) : refuse(source, outcome.problem)));
  }

  function put(
    { peerId, local, cookie }: Request & { type: 'register' },
    source: Endpoint,
    vouched: boolean,
  ): MaybePromise<readonly Outgoing[]> {
    const proven = cookie !== null && cookie !== '' && cookies.verify(source, cookie);
    const outcome = registrations.put({
      address: source.address,
      port: source.port,
      peerId,
      local: local && insideOf(local, source),
      proven,
      vouched,
    });
    return whenDone(outcome, (done) => {
      if (done === 'full') return refuse(source, 'too many registrations');
      if (done === 'taken') return refuse(source, `peer_id ${peerId} is taken`);
      const given = cookie === null ? null : cookies.issue(source);
      return [{ to: source, message: formatYourAddress(source, given), proven, kind: 'your_addr' }];
    });
  }

  function connect(
    request: Request & { type: 'connect' },
    source: Endpoint,
  ): MaybePromise<readonly Outgoing[]> {
    return whenDone(registrations.at(source), (self) => {
      if (self === null) return refuse(source, 'not registered');
      const { target } = request;
      if ('peerId' in target)
        return whenDone(registrations.byId(target.peerId, familyOf(source.address)), (found) =>
          found === null || (found.address === self.address && found.port === self.port)
            ? refuse(self, `target ${target.peerId} not found or offline`)
            : exchange(self, found, target.peerId),
        );
      const { address } = target;
      if (scopeOf(address) === 'none') return refuse(self, `target_ip ${address} is not a unicast address`);
      if (familyOf(address) !== familyOf(self.address))
        return refuse(self, `target_ip ${address} is not of the address family that asks`);
      return whenDone(
        registrations.byAddress(address, address === source.address ? source.port : 0),
        ([found, another]) => {
          if (found === undefined) return refuse(self, `target ${address} not found or offline`);
          if (another !== undefined) return refuse(self, `target_ip ${address} is ambiguous`);
          return exchange(self, found, null);
        },
      );
    });
  }

  /** Sends both sides the endpoint of the other; by id, with the ids. */
  function exchange(
    self: Registration,
    other: Registration,
    askedId: string | null,
  ): MaybePromise<readonly Outgoing[]> {
    if (!mayReach(self.address, other.address))
      return refuse(self, `target ${askedId ?? other.address} is at a private address`);
    const byId = askedId !== null;
    // Clients that send their own network's endpoint are those that probe, and recognize probes by a key.
    const key = byId && self.local && other.local ? randomBytes(KEY_BYTES).toString('base64url') : null;
    const noticeOf = (whom: Registration) =>
      formatPeer({
        endpoint: whom,
        peerId: byId ? whom.peerId : null,
        local: key === null ? null : whom.local,
        key,
      });
    const toSelf: Outgoing = { to: self, message: noticeOf(other), proven: self.proven, kind: 'peer' };
    if (other.instance !== registrations.instance)
      return registrations.relay(other, noticeOf(self)).then(() => [toSelf]);
    return [toSelf, { to: other, message: noticeOf(self), proven: other.proven, kind: 'peer' }];
  }

  return {
    handle(request, source) {
      switch (request.type) {
        case 'register':
          return register(request, source);
        case 'connect':
          return connect(request, source);
        case 'invalid':
          return refuse(source, request.problem);
        case 'answer':
          return [];
      }
    },
  };
}

/**
 * The endpoint a peer has in its own network, as it is sent to others: a private address, where none but its neighbours
 * are. A client that could name any other would have the probes of all its peers sent to a third party.
 */
function insideOf(local: Endpoint, source: Endpoint): Endpoint {
  const scope = scopeOf(local.address);
  const inside = scope === 'private' || (scope === 'loopback' && scopeOf(source.address) === 'loopback');
  return inside ? local : { address: source.address, port: source.port };
}

function refuse(to: Endpoint & { proven?: boolean }, problem: string): readonly Outgoing[] {
  return [{ to, message: formatError(problem), proven: to.proven ?? false, kind: 'error' }];
}

function whenDone<T, R>(value: MaybePromise<T>, then: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(then) : then(value);
}
