import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Consumer, type EdgeCommand, on, type Signal } from '@giggityflix/bus';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEDIA_FILE, type RunningViewing, startViewing } from '../../testing/harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewing-demotions-'));
const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
const bearer = async (sub: string, role = 'viewer') => {
  const token = await new SignJWT({ roles: [role] })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'k' })
    .setIssuer('giggityflix')
    .setAudience('giggityflix')
    .setSubject(sub)
    .setExpirationTime('1h')
    .sign(privateKey);
  return { authorization: `Bearer ${token}` };
};

let viewing: RunningViewing;
let edge: Consumer;
const commands: EdgeCommand[] = [];
beforeAll(async () => {
  const jwks = join(folder, 'jwks.json');
  writeFileSync(
    jwks,
    JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'EdDSA' }] }),
  );
  viewing = await startViewing({ AUTH_MODE: 'jwt', AUTH_JWKS_URL: pathToFileURL(jwks).href });
  edge = await viewing.bus.broadcast({
    routes: [on(viewing.config.topics.edgeCommands('edge-1'), ({ value }) => void commands.push(value))],
  });
});
afterAll(async () => {
  await edge?.stop();
  await viewing?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function visit(user: string) {
  const headers = await bearer(user);
  const ask = async (query: string, variables: object = {}) =>
    (await viewing.graphql(query, { ...variables }, headers)).data;
  const created = await ask(
    `mutation { createPlaybackSession(input: { profileId: "p", catalogId: "${MEDIA_FILE}", deviceId: "d" }) {
       ... on PlaybackSessionCreated { session { id } } } }`,
  );
  const id: string = created.createPlaybackSession.session.id;
  const offered = () =>
    commands.filter(
      ({ parameters }) =>
        parameters.session_id === id && (parameters.signal as Signal).kind === 'description',
    );
  return {
    /** Offers, and returns whom the offer went to. */
    async offer(source: number): Promise<string | undefined> {
      const before = offered().length;
      const { sendPlaybackSignal } = await ask(
        'mutation ($id: ID!, $source: Int) { sendPlaybackSignal(sessionId: $id, source: $source, signal: { offer: { sdp: "v=0" } }) { accepted } }',
        { id, source },
      );
      if (!sendPlaybackSignal.accepted) return undefined;
      await expect.poll(() => offered().length, { timeout: 60_000 }).toBeGreaterThan(before);
      return offered().at(-1)?.peer_id;
    },
    leave: async (source: number, problem: string) =>
      (
        await ask(
          'mutation ($id: ID!, $source: Int!, $problem: SourceProblem) { leavePlaybackSource(sessionId: $id, source: $source, problem: $problem) { left } }',
          { id, source, problem },
        )
      ).leavePlaybackSource.left,
  };
}

const metrics = async () => (await fetch(`${viewing.url}/metrics`)).text();
const demoted = async (role: string) =>
  viewing.call('GET', '/api/playback/demoted-peers', undefined, await bearer('someone', role));

describe('what players report of the peers they leave', () => {
  it('is counted from the start', async () => {
    for (const problem of ['not_proven', 'stalled', 'slow'])
      expect(await metrics()).toMatch(
        new RegExp(`viewing_source_problems_total\\{.*problem="${problem}".*\\} 0`),
      );
  });

  it('makes others choose a peer last that sent what is not of the file, and names it to operators', async () => {
    const [anna, ben] = [await visit('anna'), await visit('ben')];
    expect(await anna.offer(0)).toBe('peer-1');
    expect(await anna.leave(0, 'NOT_PROVEN')).toBe(true);
    // It served no longer, so it is no second report.
    expect(await anna.leave(0, 'NOT_PROVEN')).toBe(false);
    expect(await anna.offer(0)).toBe('peer-2');

    expect(await ben.offer(0)).toBe('peer-2');
    expect(await ben.offer(1)).toBe('peer-3');
    expect(await ben.offer(2)).toBe('peer-1');

    expect((await demoted('viewer')).status).toBe(403);
    expect((await demoted('operator')).body).toEqual({
      demoted_peers: [
        {
          peer_id: 'peer-1',
          reason: 'not_proven',
          since: expect.any(String),
          until: expect.any(String),
          reporting_accounts: 1,
        },
      ],
    });
    const shown = await metrics();
    expect(shown).toMatch(/viewing_demoted_peers\S* 1/);
    expect(shown).toMatch(/viewing_source_problems_total\{.*problem="not_proven".*\} 1/);
    expect(shown).toMatch(/viewing_demoted_peer_reporting_accounts\{.*peer="peer-1".*\} 1/);
  });

  it('does not demote a peer that was slow or stalled', async () => {
    const carl = await visit('carl');
    expect(await carl.offer(0)).toBe('peer-2');
    expect(await carl.leave(0, 'SLOW')).toBe(true);
    expect(await carl.offer(0)).toBe('peer-3');
    expect(await carl.leave(0, 'STALLED')).toBe(true);
    expect((await demoted('operator')).body.demoted_peers).toHaveLength(1);
  });
});
