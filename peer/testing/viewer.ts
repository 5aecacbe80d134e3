import { createViewerClient, type ViewerClient } from '@giggityflix/player';
import { nodeHashing } from '@giggityflix/player/node';
import type { PlaybackSignal } from '@giggityflix/proto';
import { parseCatalogId } from '@giggityflix/proto/catalog-id';
import { DATA_CHANNEL_LABEL } from '@giggityflix/proto/data-channel';
import { offerChannel } from './channel.ts';

export const { sha256 } = nodeHashing;

/** The id of no file. */
const NO_FILE = '00'.repeat(32);

/** A viewer in Node.js. */
export interface TestViewer {
  readonly sessionId: string;
  readonly client: ViewerClient;
  /** Every text the peer sent. */
  readonly texts: string[];
  readonly closed: Promise<void>;
  isOpen(): boolean;
  /** Sends a message as it is, whatever it is. */
  send(message: string | Uint8Array): void;
  disconnect(): void;
}

export interface ViewerOptions {
  label?: string;
  windowBytes?: number;
  /** Longest message the viewer says it takes; the library's own unless given. */
  maxMessageBytes?: number;
  /** The account that the platform names with the offer. */
  account?: string;
  /** A mute client only counts what comes: the test itself speaks. */
  mute?: boolean;
}

/** How signals travel between a viewer and its peer. */
export interface SignalPath {
  send(signal: PlaybackSignal): void;
  /** Says who hears the signals of this viewer's session. */
  listen(listener: (signal: PlaybackSignal) => void): void;
}

/** Connects to a peer; rejects with the reason when it refuses the offer. */
export async function connectViewer(
  sessionId: string,
  catalogId: string,
  options: ViewerOptions & SignalPath,
): Promise<TestViewer> {
  const { label = DATA_CHANNEL_LABEL, maxMessageBytes } = options;
  const id = Buffer.from(catalogId, 'hex');
  const { channel, opened, closed, disconnect } = offerChannel(
    { label, maxMessageBytes },
    {
      send: (signal) =>
        options.send({ sessionId, catalogId: id, signal, account: options.account, iceServers: [] }),
      listen: (listener) => options.listen(({ signal }) => listener(signal)),
    },
  );
  const texts: string[] = [];
  const client = createViewerClient({
    // An offer may name anything; the client itself takes nothing but a catalog id.
    catalogId: parseCatalogId(catalogId) ?? NO_FILE,
    hashing: nodeHashing,
    windowBytes: options.windowBytes,
    send: (text) => {
      if (options.mute) return;
      try {
        channel.sendMessage(text);
      } catch {
        // It has closed, which its listener reports. Thrown into the library it would end the process.
      }
    },
  });
  channel.onMessage((message) => {
    if (typeof message === 'string') texts.push(message);
    client.receive(message instanceof ArrayBuffer ? new Uint8Array(message) : message);
  });
  void closed.then(() => client.closed('the channel closed'));
  try {
    await opened;
  } catch (error) {
    disconnect();
    throw error;
  }
  return {
    sessionId,
    client,
    texts,
    closed,
    disconnect,
    isOpen: () => channel.isOpen(),
    send(message) {
      if (typeof message === 'string') channel.sendMessage(message);
      else channel.sendMessageBinary(message);
    },
  };
}

/** Reads a range and joins the pieces' bytes that lie in it. */
export async function readRange(client: ViewerClient, start: number, end: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let from = -1;
  for await (const piece of client.read(start, end)) {
    if (from < 0) from = piece.index * 262_144;
    parts.push(piece.data);
  }
  return Buffer.concat(parts).subarray(start - from, end - from);
}
