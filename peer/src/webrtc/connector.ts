import type { CreateRtcConnection, RtcConnection } from './rtc.ts';

/**
 * {@link CreateRtcConnection} over libdatachannel, from a list of consecutive UDP ports, or from any where it is empty. The
 * library is loaded with the first connection: it takes 10 MB, and many daemons never have a viewer.
 */
export function createRtcConnector(ports: readonly number[]): CreateRtcConnection {
  const load = async (): Promise<CreateRtcConnection> => {
    const adapter = await import('./rtc.libdatachannel.ts');
    const min = ports[0];
    const max = ports.at(-1);
    return min && max
      ? adapter.createLibdatachannelConnectionInRange({ min, max })
      : adapter.createLibdatachannelConnection;
  };
  return (iceServers, events) => {
    let closed = false;
    let made: RtcConnection | null = null;
    const loaded = load().then((create) => {
      made = closed ? null : create(iceServers, events);
      return made;
    });
    // The caller that asked for an answer gets the failure.
    const connection = loaded.catch(() => null);
    return {
      async answer(offerSdp) {
        const opened = await loaded;
        if (!opened) throw new Error('closed before there was an answer');
        return opened.answer(offerSdp);
      },
      async addCandidate(candidate) {
        await (await connection)?.addCandidate(candidate);
      },
      viewerAddress: () => made?.viewerAddress() ?? null,
      close() {
        closed = true;
        void connection.then((opened) => opened?.close());
      },
    };
  };
}
