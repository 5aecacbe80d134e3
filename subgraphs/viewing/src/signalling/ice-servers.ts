import { createHmac } from 'node:crypto';

export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

export interface IceConfig {
  /** `stun:` URIs. */
  stunServers: readonly string[];
  /** `turn:` and `turns:` URIs. */
  turnServers: readonly string[];
  /** Shared with the TURN servers (coturn: `static-auth-secret`); null offers no TURN. */
  turnSecret: string | null;
  /** How long TURN credentials are valid, in milliseconds. */
  turnLifetimeMs: number;
}

/**
 * The servers both ends of a session gather candidates from. TURN credentials are made for one user and expire, as in
 * draft-uberti-behave-turn-rest-00: the username is `expiry:user`, the credential its HMAC-SHA1.
 */
export function iceServersFor(config: IceConfig, name: string, now: number = Date.now()): IceServer[] {
  const servers: IceServer[] = [];
  if (config.stunServers.length > 0) servers.push({ urls: [...config.stunServers] });
  if (config.turnServers.length > 0 && config.turnSecret !== null) {
    const username = `${Math.floor((now + config.turnLifetimeMs) / 1_000)}:${name}`;
    const credential = createHmac('sha1', config.turnSecret).update(username).digest('base64');
    servers.push({ urls: [...config.turnServers], username, credential });
  }
  return servers;
}
