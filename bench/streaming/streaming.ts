import { fork } from 'node:child_process';
import type { PlaybackSignal } from '@giggityflix/proto';
import { createIssuer, createTestPeer, shareRandomFile } from '../../peer/testing/streaming.ts';
import { type BenchRow, percentile, row } from '../row.ts';
import { createBareSender } from './bare-channel.ts';
import type { FromViewer, ToViewer } from './messages.ts';

const FILE_BYTES = 192 * 1_024 * 1_024;
const ROUNDS = 5;
const VIEWERS = 20;
type Result = FromViewer & { type: 'result' };

/**
 * Streaming to another process: the peer's protocol with every piece hashed at both ends, beside a bare data channel of
 * the same library that sends zeros. Rounds alternate, and medians are reported.
 */
export async function measureStreaming(): Promise<BenchRow[]> {
  const file = await shareRandomFile(FILE_BYTES);
  const issuer = await createIssuer();
  const child = fork(new URL('./viewer.ts', import.meta.url), { stdio: 'inherit' });
  const signalHandlers = new Map<string, (signal: FromViewer & { type: 'signal' }) => void>();
  const waiting = new Map<string, (result: Result) => void>();
  const send = (message: ToViewer) => child.send(message);
  child.on('message', (message: FromViewer) => {
    if (message.type === 'signal') signalHandlers.get(message.sessionId)?.(message);
    else waiting.get(message.sessionId)?.(message);
  });
  const result = (sessionId: string) => new Promise<Result>((resolve) => waiting.set(sessionId, resolve));

  const peer = createTestPeer(file.source, issuer.jwks, { maxStreams: VIEWERS + 1, sendSignal: toViewer });
  function toViewer({ sessionId, signal }: Pick<PlaybackSignal, 'sessionId' | 'signal'>) {
    send({ type: 'signal', sessionId, signal });
  }

  const play = async (sessionId: string, bytes: number) => {
    const catalogId = Buffer.from(file.catalogId, 'hex');
    signalHandlers.set(sessionId, ({ signal }) =>
      peer.streaming.handleSignal({ sessionId, catalogId, iceServers: [], signal }),
    );
    const done = result(sessionId);
    const token = await issuer.sign(sessionId, file.catalogId);
    send({ type: 'play', sessionId, catalogId: file.catalogId, token, bytes, sizeBytes: FILE_BYTES });
    return done;
  };
  const blast = async (sessionId: string) => {
    const sender = createBareSender(FILE_BYTES, (signal) => toViewer({ sessionId, signal }));
    signalHandlers.set(sessionId, ({ signal }) => sender.take(signal));
    const done = result(sessionId);
    send({ type: 'count', sessionId, bytes: FILE_BYTES });
    const finished = await done;
    sender.close();
    return finished;
  };

  const megabytes = FILE_BYTES / 1e6;
  const perHundred = 100 / megabytes;
  const bare = { speed: [] as number[], cpu: [] as number[] };
  const served = {
    speed: [] as number[],
    cpu: [] as number[],
    firstByte: [] as number[],
    seek: [] as number[],
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    let cpu = process.cpuUsage();
    bare.speed.push(megabytes / ((await blast(`bare-${round}`)).ms / 1_000));
    bare.cpu.push(cpuSeconds(cpu) * perHundred);
    cpu = process.cpuUsage();
    const { ms, firstByteMs, seekMs } = await play(`served-${round}`, FILE_BYTES);
    served.speed.push(megabytes / (ms / 1_000));
    served.cpu.push(cpuSeconds(cpu) * perHundred);
    served.firstByte.push(firstByteMs);
    served.seek.push(seekMs);
  }

  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  await Promise.all(
    Array.from({ length: VIEWERS }, (_, index) => play(`viewer-${index}`, 16 * 1_024 * 1_024)),
  );
  clearInterval(watch);
  child.kill();
  await peer.streaming.stop();
  await file.remove();

  const median = (samples: number[]) => percentile(samples, 50);
  const against = (samples: number[]) => ({
    name: 'a bare data channel of node-datachannel',
    value: median(samples),
  });
  return [
    row('streamed to another process, every piece proven', 'MB/s', median(served.speed), against(bare.speed)),
    row('CPU of the peer', 's per 100 MB', median(served.cpu), against(bare.cpu)),
    row('request to first piece (256 KiB)', 'ms', median(served.firstByte)),
    row('seek to first piece (256 KiB)', 'ms', median(served.seek)),
    row(`memory added by ${VIEWERS} viewers`, 'MB', (peak - before) / 1e6),
  ];
}

function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}
