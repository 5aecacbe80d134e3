import { createTestPeer } from './peer.ts';

// A peer that registers, reports that, and stays until it is killed.
const peer = createTestPeer({ port: Number(process.argv[2]) });
await peer.register();
process.stdout.write('registered\n');
