// cspell:ignore servername
import { connect } from 'node:tls';

/** What {@link servedCertificate} gives where all is well. */
export const FINGERPRINT = /^[0-9A-F:]{95}$/;

/** The fingerprint of what is served at a port of this machine, to who comes by the name and trusts `ca`; else why not. */
export function servedCertificate({ port, name, ca }: { port: number; name: string; ca: string }) {
  return new Promise<string>((resolve) => {
    const protocols = ['h2', 'http/1.1'];
    const socket = connect({ host: '127.0.0.1', port, servername: name, ca, ALPNProtocols: protocols });
    socket.setTimeout(5_000, () => socket.destroy(new Error('silence')));
    socket.once('error', ({ message }) => resolve(message));
    socket.once('secureConnect', () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? 'none');
      socket.destroy();
    });
  });
}
