import type { FromEmulator, ToEmulator } from './messages.ts';
import { openTcpLink } from './tcp.ts';
import { openUdpLink, type UdpLink } from './udp.ts';

/** Links in a process of their own, so that they wait for nothing of what is measured. Ends with its parent. */
const links = new Map<number, UdpLink | { close(): void }>();
const answer = (message: FromEmulator) => process.send?.(message);

process.on('disconnect', () => process.exit(0));
process.on('message', async (message: ToEmulator) => {
  const { id } = message;
  switch (message.type) {
    case 'open': {
      const link = await openUdpLink(message.profile, message.seed);
      links.set(id, link);
      if (message.near) link.setEnd('near', message.near);
      if (message.far) link.setEnd('far', message.far);
      return answer({ type: 'opened', id, near: link.near, far: link.far });
    }
    case 'forward': {
      const link = await openTcpLink(message.profile, message.target);
      links.set(id, link);
      return answer({ type: 'opened', id, near: link.port, far: message.target });
    }
    case 'end': {
      const link = links.get(id);
      if (link && 'setEnd' in link) link.setEnd(message.side, message.port);
      return;
    }
    case 'close':
      links.get(id)?.close();
      links.delete(id);
  }
});
