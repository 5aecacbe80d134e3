import { setTimeout as sleep } from 'node:timers/promises';
import { parseInvitation } from '@giggityflix/proto/invitation';
import { askDaemon, NotRunningError } from '../control/client.ts';
import { storeInvitation } from '../edge/invitation.ts';
import type { PeerStatus } from '../status/status.ts';
import { loadConfig } from './config.ts';
import { CliError, EXIT } from './exit.ts';

/** How long the answer of the edge is waited for. */
const ANSWER_MS = 15_000;
const POLL_MS = 100;

/** `join`: keeps an invitation for the daemon, and has a daemon that runs use it now. */
export async function joinNetwork(invitation: string, flags: { dataDir?: string }): Promise<void> {
  const { dataDir } = loadConfig({ dataDir: flags.dataDir }).peer;
  const code = parseInvitation(invitation);
  if (code === null)
    throw new CliError('this is no invitation: expected its 28 letters and digits, or its link', EXIT.usage);
  const before = await status(dataDir);
  if (before?.edge.state === 'connected') {
    process.stdout.write(
      `this peer is admitted already, at ${before.edge.address}; it needs no invitation\n`,
    );
    return;
  }
  storeInvitation(dataDir, code);
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
