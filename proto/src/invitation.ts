import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base32: no I, L, O or U, so that a code survives being read aloud and typed. */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.replace(/[ILO]|U/g, '');
const CODE_LENGTH = 28;
const GROUP = /.{4}(?=.)/g;
/** Longer text is no code, however it is spaced. */
const MAX_TYPED_LENGTH = 200;
/** Longer text is no link, whatever it names. */
const MAX_LINK_LENGTH = 16_384;
const MAX_EDGES = 16;
const EDGE_ADDRESS = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]{1,253}):\d{1,5}$/;
const LINK = 'giggityflix://join/';

/** Where the network is that an invitation is for, as its link says. */
export interface InvitedNetwork {
  /** Edges as `host:port`; a peer tries them in turn. */
  edges: readonly string[];
  /** Whether they are reached over TLS. */
  tls: boolean;
  /** The certificate (DER) of the authority that signed theirs; null for one that everybody trusts. */
  authority: Uint8Array | null;
}

/** A new invitation's code: 140 random bits in seven groups of four characters. */
export function newInvitationCode(): string {
  const characters = Array.from(randomBytes(CODE_LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]);
  return characters.join('').replace(GROUP, '$&-');
}

/**
 * The link of an invitation. With a network it is all that a peer needs:
 * `giggityflix://join/CODE?edge=host:port&tls=1&ca=…`, with `edge` for each edge and the authority in base64url.
 */
export function invitationLink(code: string, network?: InvitedNetwork | null): string {
  if (!network || network.edges.length === 0) return LINK + code;
  const query = network.edges.map((edge) => `edge=${edge}`);
  if (network.tls) query.push('tls=1');
  if (network.authority) query.push(`ca=${Buffer.from(network.authority).toString('base64url')}`);
  return `${LINK}${code}?${query.join('&')}`;
}

/** The code within what a person types or pastes: a code in any case and grouping, or its link. Null for anything else. */
export function parseInvitation(text: string): string | null {
  const { code: typed } = split(text);
  if (typed.length > MAX_TYPED_LENGTH) return null;
  const code = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (code.length !== CODE_LENGTH || [...code].some((character) => !ALPHABET.includes(character)))
    return null;
  return code.replace(GROUP, '$&-');
}

/** The network that a link names; null for a code, and for a link that names none or no proper one. */
export function parseInvitedNetwork(text: string): InvitedNetwork | null {
  const { query } = split(text);
  const edges = query.getAll('edge');
  if (edges.length === 0 || edges.length > MAX_EDGES) return null;
  if (!edges.every((edge) => EDGE_ADDRESS.test(edge) && Number(edge.split(':').at(-1)) <= 65_535))
    return null;
  const authority = query.get('ca');
  return {
    edges,
    tls: query.get('tls') === '1',
    authority: authority ? new Uint8Array(Buffer.from(authority, 'base64url')) : null,
  };
}

function split(text: string): { code: string; query: URLSearchParams } {
  const trimmed = text.length > MAX_LINK_LENGTH ? '' : text.trim();
  if (!trimmed.toLowerCase().startsWith(LINK)) return { code: trimmed, query: new URLSearchParams() };
  const [code = '', query = ''] = trimmed.slice(LINK.length).split('?', 2);
  return { code: code.replace(/\/$/, ''), query: new URLSearchParams(query) };
}

/** What is stored of a code: SHA-256 of its canonical form, in lowercase hexadecimal. */
export function invitationHash(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
