/**
 * A machine behind a NAT, run by `nat.test.ts` inside a namespace. Reads orders and signals as JSON lines, writes
 * what happens as JSON lines: one hole punched by the matchmaker's client, one film over WebRTC.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { createPunchClient } from '@giggityflix/matchmaker/client';
import wrtc from '@roamhq/wrtc';
import { settledPair } from './selected-pair.ts';

type Connection = InstanceType<typeof wrtc.RTCPeerConnection>;
type Channel = ReturnType<Connection['createDataChannel']>;
type Description = Parameters<Connection['setRemoteDescription']>[0];
type Candidate = NonNullable<Parameters<Connection['addIceCandidate']>[0]>;

interface Settings {
  peerId: string;
  server: { address: string; port: number };
  turn: { address: string; port: number; username: string; password: string };
}

type Order =
  | { do: 'punch'; target: string }
  | { do: 'stream'; call: string; offer: boolean }
  | { do: 'signal'; call: string; signal: Signal };
type Signal = { description: Description } | { candidate: Candidate };

interface Call {
  connection: Connection;
  /** Null once they can be added. */
  early: Candidate[] | null;
  /** Held here: the binding ends a channel that nothing refers to. */
  channel?: Channel;
}

const FILM_BYTES = 2_000_000;
const CHUNK_BYTES = 16_384;

const { peerId, server, turn } = JSON.parse(process.argv[2] as string) as Settings;
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);
const calls = new Map<string, Call>();

const client = createPunchClient({
  server,
  peerId,
  timing: { attemptMs: 4_000 },
  onPath: (path) => path.onData((data) => path.send(data)),
});

async function punch(target: string): Promise<void> {
  try {
    const path = await client.connect(target);
    const question = randomBytes(8);
    const echoed = new Promise<void>((resolve) => path.onData((data) => data.equals(question) && resolve()));
    // The other side's own path may be a moment behind.
    const asking = setInterval(() => path.send(question), 50);
    await echoed;
    clearInterval(asking);
    say({ punched: target, remote: path.remote });
  } catch (error) {
    say({ punched: target, failed: (error as Error).message });
  }
}

/** The side that offers is the viewer; the other one sends it a film with its hash in front. */
function call(id: string, offer: boolean): Call {
  const connection = new wrtc.RTCPeerConnection({
    iceServers: [
      { urls: `stun:${server.address}:${server.port}` },
      {
        urls: `turn:${turn.address}:${turn.port}?transport=udp`,
        username: turn.username,
        credential: turn.password,
      },
    ],
  });
  const made: Call = { connection, early: [] };
  calls.set(id, made);
  connection.onicecandidate = ({ candidate }: { candidate: Candidate | null }) =>
    candidate && say({ call: id, signal: { candidate } });
  connection.onconnectionstatechange = () => {
    // For good: nothing here restarts ICE.
    if (connection.connectionState === 'failed') say({ call: id, streamed: false });
  };
  if (offer) {
    made.channel = connection.createDataChannel('film');
    receiveFilm(id, connection, made.channel);
    void describe(id, connection, 'offer');
  } else
    connection.ondatachannel = ({ channel }: { channel: Channel }) => {
      made.channel = channel;
      void sendFilm(channel);
    };
  return made;
}

async function describe(id: string, connection: Connection, type: 'offer' | 'answer'): Promise<void> {
  const description = type === 'offer' ? await connection.createOffer() : await connection.createAnswer();
  await connection.setLocalDescription(description);
  say({ call: id, signal: { description } });
}

/** Candidates wait until the description they belong to is there. */
async function handleSignal(id: string, signal: Signal): Promise<void> {
  const current = calls.get(id) ?? call(id, false);
  const { connection } = current;
  if ('candidate' in signal) {
    if (current.early) current.early.push(signal.candidate);
    else await connection.addIceCandidate(signal.candidate);
    return;
  }
  await connection.setRemoteDescription(signal.description);
  if (signal.description.type === 'offer') await describe(id, connection, 'answer');
  const early = current.early ?? [];
  current.early = null;
  for (const candidate of early) await connection.addIceCandidate(candidate);
}

async function sendFilm(channel: Channel): Promise<void> {
  const film = randomBytes(FILM_BYTES);
  if (channel.readyState !== 'open')
    await new Promise<void>((resolve) => {
      channel.onopen = () => resolve();
    });
  channel.send(createHash('sha256').update(film).digest() as Uint8Array<ArrayBuffer>);
  for (let at = 0; at < film.length; at += CHUNK_BYTES) {
    while (channel.bufferedAmount > 16 * CHUNK_BYTES) await setTimeout(2);
    channel.send(film.subarray(at, at + CHUNK_BYTES));
  }
}

function receiveFilm(id: string, connection: Connection, channel: Channel): void {
  let expected: Buffer | null = null;
  let received = 0;
  const hash = createHash('sha256');
  channel.binaryType = 'arraybuffer';
  channel.onmessage = async ({ data }: { data: ArrayBuffer }) => {
    const chunk = Buffer.from(data);
    if (!expected) {
      expected = chunk;
      return;
    }
    hash.update(chunk);
    received += chunk.length;
    if (received < FILM_BYTES) return;
    say({ call: id, streamed: hash.digest().equals(expected), ...(await settledPair(connection)) });
  };
}

function handle(order: Order): void {
  if (order.do === 'punch') void punch(order.target);
  else if (order.do === 'stream') call(order.call, order.offer);
  else void handleSignal(order.call, order.signal);
}

createInterface({ input: process.stdin }).on('line', (line) => handle(JSON.parse(line) as Order));
process.stdin.on('end', () => process.exit(0));
say({ registered: await client.start() });
