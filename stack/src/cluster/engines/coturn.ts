import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Installation, Member } from '../installation.ts';
import { ask } from '../probes.ts';
import type { Launch } from '../process.ts';
import { required } from './required.ts';

/** A relay with credentials that viewing makes of a shared secret. */
export function coturn(
  { name, kind, folder, ports }: Member,
  installation: Installation,
): Omit<Launch, 'logPath'> {
  const path = join(folder, 'turnserver.conf');
  return {
    name,
    kind,
    folder,
    command: required('turnserver'),
    arguments: ['-c', path, '--log-file', 'stdout', '--pidfile', join(folder, 'turnserver.pid')],
    environment: {},
    prepare: () =>
      writeFile(path, settings(ports.turn!, folder, installation.secret('turn_secret')), { mode: 0o600 }),
    // A STUN binding request over TCP.
    probe: async () => (await ask(ports.turn!, BINDING_REQUEST)).length > 0,
  };
}

const BINDING_REQUEST = Buffer.from(`000100002112a442${'00'.repeat(12)}`, 'hex');

function settings(port: number, folder: string, secret: string): string {
  return `use-auth-secret
static-auth-secret=${secret}
realm=giggityflix
listening-ip=127.0.0.1
relay-ip=127.0.0.1
listening-port=${port}
min-port=40000
max-port=40999
no-tls
no-dtls
no-cli
simple-log
userdb=${join(folder, 'turndb')}
# On this machine alone, whose peers are on loopback.
allow-loopback-peers
`;
}
