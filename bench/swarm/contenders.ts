import { type ChildProcess, fork } from 'node:child_process';
import { createIssuer } from '../../peer/testing/streaming.ts';
import type { LinkProfile } from '../link/profile.ts';
import { linkSignals } from '../link/signals.ts';
import type { EmulatedLink, Emulator } from '../link/start.ts';
import type { FromReceiver, FromSender, ToReceiver, ToSender } from './messages.ts';

export interface SharedFilm {
  path: string;
  sizeBytes: number;
}

/** Measures one way of getting bytes over links of a profile, in MB/s. */
export interface Contender {
  measure(profile: LinkProfile, sources: number, seconds: number): Promise<number>;
  stop(): void;
}

/** Our player, from as many of our peers as are asked for, over a link to each. */
export async function createOurs(emulator: Emulator, film: SharedFilm, peers: number): Promise<Contender> {
  const issuer = await createIssuer();
  const senders = Array.from({ length: peers }, () => start<ToSender, FromSender>('peer.ts'));
  const receiver = start<ToReceiver, FromReceiver>('viewer.ts');
  const shared = await Promise.all(
    senders.map(async (sender) => {
      const sharing = sender.next(({ type }) => type === 'sharing');
      sender.send({ type: 'share', path: film.path, jwks: issuer.jwks });
      return sharing;
    }),
  );
  const [first] = shared;
  const catalogId = first?.type === 'sharing' ? first.catalogId : '';
  let sessions = 0;
  return {
    async measure(profile, sources, seconds) {
      sessions += 1;
      const sessionId = `ours-${sessions}`;
      const chosen = senders.slice(0, sources);
      const stopRelay = await relay({ emulator, profile, sessionId, senders: chosen, receiver });
      const tokens = await Promise.all(chosen.map(() => issuer.sign(sessionId, catalogId)));
      const result = resultOf(receiver, sessionId);
      receiver.send({
        type: 'play',
        sessionId,
        sources,
        catalogId,
        sizeBytes: film.sizeBytes,
        tokens,
        seconds,
      });
      const rate = await result;
      stopRelay();
      return rate;
    },
    stop: () => [...senders, receiver].forEach((one) => void one.stop()),
  };
}

/** One data channel of the same library, with the settings it comes with. */
export function createBare(emulator: Emulator): Contender {
  const sender = start<ToSender, FromSender>('bare-sender.ts');
  const receiver = start<ToReceiver, FromReceiver>('bare-receiver.ts');
  let sessions = 0;
  return {
    async measure(profile, _, seconds) {
      sessions += 1;
      const sessionId = `bare-${sessions}`;
      const stopRelay = await relay({ emulator, profile, sessionId, senders: [sender], receiver });
      sender.send({ type: 'blast', sessionId });
      const result = resultOf(receiver, sessionId);
      receiver.send({ type: 'count', sessionId, seconds });
      const rate = await result;
      sender.send({ type: 'end', sessionId });
      stopRelay();
      return rate;
    },
    stop: () => [sender, receiver].forEach((one) => void one.stop()),
  };
}

async function resultOf(receiver: Running<ToReceiver, FromReceiver>, sessionId: string): Promise<number> {
  const result = await receiver.next(
    (message) => message.type === 'result' && message.sessionId === sessionId,
  );
  return result.type === 'result' ? result.bytes / 1e6 / (result.ms / 1_000) : Number.NaN;
}

/** Carries a session's signals between a receiver and its senders, each over a link of its own. */
async function relay(options: {
  emulator: Emulator;
  profile: LinkProfile;
  sessionId: string;
  senders: Running<ToSender, FromSender>[];
  receiver: Running<ToReceiver, FromReceiver>;
}): Promise<() => void> {
  const { emulator, profile, sessionId, senders, receiver } = options;
  const links: EmulatedLink[] = await Promise.all(
    senders.map((_, nth) => emulator.openUdp(profile, { nth })),
  );
  const signals = links.map((link) => linkSignals(link));
  const stops = senders.map((sender, source) =>
    sender.listen((message) => {
      if (message.type !== 'signal' || message.sessionId !== sessionId) return;
      const signal = signals[source]?.fromFar(message.signal);
      if (signal) receiver.send({ type: 'signal', sessionId, source, signal });
    }),
  );
  stops.push(
    receiver.listen((message) => {
      if (message.type !== 'signal' || message.sessionId !== sessionId) return;
      const { source } = message;
      const signal = signals[source]?.fromNear(message.signal);
      if (signal) senders[source]?.send({ type: 'signal', sessionId, source, signal });
    }),
  );
  return () => {
    for (const stop of stops) stop();
    for (const link of links) link.close();
  };
}

interface Running<Out, In> {
  send(message: Out): void;
  /** Gives back how to stop listening. */
  listen(listener: (message: In) => void): () => void;
  next(matches: (message: In) => boolean): Promise<In>;
  stop(): void;
}

function start<Out, In>(file: string): Running<Out, In> {
  const child: ChildProcess = fork(new URL(`./${file}`, import.meta.url), { stdio: 'inherit' });
  const listeners = new Set<(message: In) => void>();
  child.on('message', (message) => {
    for (const listener of listeners) listener(message as In);
  });
  const listen = (listener: (message: In) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    send: (message) => void child.send(message as object),
    listen,
    next: (matches) =>
      new Promise((resolve, reject) => {
        const gone = () => reject(new Error(`${file} has ended`));
        const stop = listen((message) => {
          if (!matches(message)) return;
          stop();
          child.off('exit', gone);
          resolve(message);
        });
        child.once('exit', gone);
      }),
    stop: () => child.disconnect(),
  };
}
