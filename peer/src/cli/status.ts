import type { PeerStatus } from '../status/status.ts';
import { ask } from './ask.ts';
import { bytes, count, oneLine } from './format.ts';

/** `status`: what the running daemon is doing. */
export async function printStatus(flags: { dataDir?: string; json?: boolean }): Promise<void> {
  const status = await ask<PeerStatus>(flags, 'GET', '/status');
  process.stdout.write(flags.json ? `${JSON.stringify(status)}\n` : toText(status));
}

function toText(status: PeerStatus): string {
  const { edge, library, scan } = status;
  const files = (name: keyof PeerStatus['library']) => library[name].files;
  const lines = [
    ['peer', status.peerId],
    [
      'edge',
      edge.state === 'connected'
        ? `connected to ${edge.edgeId} at ${edge.address}`
        : `${edge.state}: ${edge.address}${edge.lastError ? ` (${edge.lastError})` : ''}`,
    ],
    ['folders', status.mediaDirs.map(oneLine).join(', ') || 'none'],
    ['shared', `${count(files('shared'), 'file')}, ${bytes(library.shared.bytes)}`],
    [
      'waiting',
      `${count(files('pending') + files('settling'), 'file')} to be read, ${bytes(library.pending.bytes + library.settling.bytes)}`,
    ],
    [
      'not shared',
      `${files('rejected')} unusable, ${files('unreadable')} unreadable, ${files('unavailable')} on disks that are not there`,
    ],
    ['viewers', String(status.streams.active)],
    ['to be sent', count(edge.unacknowledged, 'message')],
    ['last scan', scan.last ? `${scan.last.startedAt}, ${scan.last.durationMs} ms` : 'under way'],
  ];
  if (status.http) lines.push(['page', status.http]);
  for (const missing of status.missing) lines.push(['missing', oneLine(missing)]);
  return `${lines.map(([name, value]) => `${name!.padEnd(11)} ${value}`).join('\n')}\n`;
}
