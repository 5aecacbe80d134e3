import { setTimeout as sleep } from 'node:timers/promises';
import { parseInvitation } from '@giggityflix/proto/invitation';
import { askDaemon, NotRunningError } from '../control/client.ts';
import { askForAdmission, localName } from '../edge/admission-request.ts';
import { storeInvitation } from '../edge/invitation.ts';
import { networkOfLink, storeNetwork } from '../edge/network.ts';
import type { PeerStatus } from '../status/status.ts';
import { loadConfig } from './config.ts';
import { CliError, EXIT } from './exit.ts';

/** How long the answer of the edge is waited for. */
const ANSWER_MS = 15_000;
const POLL_MS = 100;
const KNOWN_MS = 1_000;

/** `join`: keeps an invitation for the daemon, and has a daemon that runs use it now. */
export async function joinNetwork(text: string, flags: { dataDir?: string }): Promise<void> {
  const config = loadConfig({ dataDir: flags.dataDir });
  const { dataDir } = config.peer;
  const name = localName(text);
  if (name === null && parseInvitation(text) === null)
    throw new CliError(
      'this is no invitation: expected its 28 letters and digits, its link, or a name such as giggityflix.local',
      EXIT.usage,
    );
  const before = await status(dataDir);
  if (before?.edge.state === 'connected') {
    process.stdout.write(
      `this peer is admitted already, at ${before.edge.address}; it needs no invitation\n`,
    );
    return;
  }
  const invitation = name === null ? text : await askForAdmission(name);
  const code = parseInvitation(invitation);
  if (code === null) throw new CliError(`${name} answered with no invitation`);
  const network = networkOfLink(invitation);
  if (network) {
    storeNetwork(dataDir, network);
    if (config.edge.isGiven)
      process.stdout.write(
        `EDGE_GRPC_ADDRESS is set, and comes before ${network.edges.join(', ')} of the link\n`,
      );
  }
  storeInvitation(dataDir, code);
  // By then the edges know of an invitation that was only just made.
  if (name !== null) await sleep(KNOWN_MS);
  if (!before) {
    process.stdout.write('the invitation is kept, and used when the daemon starts: giggityflix-peer start\n');
    return;
  }
  await askDaemon(dataDir, 'POST', '/reconnect');
  process.stdout.write(`${await answer(dataDir, before.edge.failedAttempts)}\n`);
}

async function status(dataDir: string): Promise<PeerStatus | null> {
  return askDaemon<PeerStatus>(dataDir, 'GET', '/status').catch((error: unknown) => {
    if (error instanceof NotRunningError) return null;
    throw error;
  });
}

/** What came of the attempts after the first `failed`. */
async function answer(dataDir: string, failed: number): Promise<string> {
  for (let waited = 0; waited < ANSWER_MS; waited += POLL_MS) {
    const now = await status(dataDir);
    if (now?.edge.state === 'connected') return `joined as ${now.peerId}, at ${now.edge.address}`;
    if (now?.edge.state === 'waiting' && now.edge.failedAttempts > failed) {
      if (now.edge.refusal === 'PENDING_APPROVAL') return now.edge.lastError ?? '';
      // Without an invitation, so it began before there was one.
      const { refusal } = now.edge;
      if (refusal !== null && refusal !== 'INVITATION_REQUIRED')
        throw new CliError(now.edge.lastError ?? refusal);
    }
    await sleep(POLL_MS);
  }
  return 'no edge has answered yet; the daemon goes on trying with the invitation: giggityflix-peer status';
}
