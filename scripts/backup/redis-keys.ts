/**
 * What the services keep in Redis. What is kept in a backup cannot be had again; the rest is rebuilt, or ends with the
 * sessions and connections that it is of.
 */
export const REDIS_KEYS: readonly { pattern: RegExp; kept: boolean; what: string }[] = [
  { pattern: /^gf:edge:peer-key:/, kept: true, what: 'which key a peer id belongs to' },
  { pattern: /^gf:edge:\{members\}:/, kept: true, what: 'memberships, invitations and bars, at the edges' },
  { pattern: /^gf:edge:newest-connection:/, kept: true, what: 'the newest connection of each peer' },
  { pattern: /^tracker:\{m\}:/, kept: true, what: 'memberships and invitations, at the tracker' },
  { pattern: /^tracker:\{c\d+\}:(subs|expiry):/, kept: true, what: 'stored subscriptions' },
  { pattern: /^tracker:\{o\d+\}:/, kept: true, what: 'whose subscriptions they are' },
  { pattern: /^tracker:\{[fa]\d+\}:/, kept: true, what: 'files that were registered by REST' },
  { pattern: /^viewing:signing-keys$/, kept: true, what: 'keys that sign playback tokens' },
  {
    pattern: /^gf:edge:(connections|peer-connections|deliveries):/,
    kept: false,
    what: 'open connections: peers connect again',
  },
  { pattern: /^tracker:\{[pc]\d+\}:/, kept: false, what: 'who has what: peers announce it again' },
  { pattern: /^tracker:[a-z-]+$/, kept: false, what: 'the state of a sweep' },
  { pattern: /^viewing:/, kept: false, what: 'playback sessions: players start new ones' },
  { pattern: /^matchmaker:/, kept: false, what: 'registrations: peers register again within a minute' },
];

/** Whether a backup has this key; null for one that is none of the platform's. */
export function isKept(key: string): boolean | null {
  return REDIS_KEYS.find(({ pattern }) => pattern.test(key))?.kept ?? null;
}
