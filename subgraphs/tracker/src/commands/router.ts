import { randomUUID } from 'node:crypto';
import {
  type Bus,
  type CommandResponse,
  type Consumer,
  type EdgeCommand,
  on,
  type Topics,
} from '@giggityflix/bus';
import { type Logger, notReady, READY, type Service } from '@giggityflix/kernel';
import type { PeerRegistry } from '../registry/registry.ts';

/** How long a peer has for its answer; hashing a large file takes minutes, so that command has longer. */
const TIMEOUT_MS: Readonly<Record<PeerCommand['type'], number>> = {
  file_delete: 15_000,
  file_hash: 25_000,
  screenshot_capture: 25_000,
};
/** Most commands awaiting their answers in this process. */
const MAX_PENDING = 10_000;

export interface PeerCommand {
  type: 'file_delete' | 'file_hash' | 'screenshot_capture';
  peerId: string;
  catalogId: string;
  parameters?: Record<string, unknown>;
}

export type PeerAnswer = { requestId: string } & (
  | { success: true; result: Record<string, unknown> }
  | { success: false; code: 'PEER_OFFLINE' | 'TIMEOUT' | 'REFUSED' | 'FAILED'; message: string }
);

/** Sends a command to a peer through the edge it is connected to, and waits for the answer. */
export interface CommandRouter extends Service {
  /** Always answers, at the latest when the command's time is up. */
  send(command: PeerCommand): Promise<PeerAnswer>;
}

export function createCommandRouter(options: {
  bus: Bus;
  topics: Topics;
  registry: PeerRegistry;
  logger: Logger;
  timeoutMs?: Partial<Record<PeerCommand['type'], number>>;
}): CommandRouter {
  const { bus, topics, registry, logger } = options;
  const timeouts = { ...TIMEOUT_MS, ...options.timeoutMs };
  const replyTopics = {
    file_delete: topics.fileDeleteResponses,
    file_hash: topics.fileHashResponses,
    screenshot_capture: topics.screenshotCaptureResponses,
  };
  const pending = new Map<string, (response: CommandResponse) => void>();
  let consumer: Consumer | null = null;

  const send = async (command: PeerCommand): Promise<PeerAnswer> => {
    const requestId = randomUUID();
    const peer = await registry.peer(command.peerId);
    if (peer?.state !== 'CONNECTED')
      return {
        requestId,
        success: false,
        code: 'PEER_OFFLINE',
        message: `peer ${command.peerId} is not connected`,
      };
    if (pending.size >= MAX_PENDING)
      return { requestId, success: false, code: 'FAILED', message: 'too many commands are pending' };
    const timeoutMs = timeouts[command.type];
    const value: EdgeCommand = {
      type: command.type,
      request_id: requestId,
      peer_id: command.peerId,
      reply_to: replyTopics[command.type].name,
      expires_at: new Date(Date.now() + timeoutMs).toISOString(),
      parameters: { ...command.parameters, catalog_id: command.catalogId },
    };
    return new Promise<PeerAnswer>((resolve, reject) => {
      const settle = (answer: PeerAnswer) => {
        clearTimeout(timer);
        pending.delete(requestId);
        resolve(answer);
      };
      const timer = setTimeout(
        () =>
          settle({
            requestId,
            success: false,
            code: 'TIMEOUT',
            message: `peer ${command.peerId} did not answer within ${timeoutMs} ms`,
          }),
        timeoutMs,
      );
      logger.debug({ peer_id: command.peerId, request_id: requestId, type: command.type }, 'command sent');
      // Before publishing: the answer may be faster than the acknowledgement.
      pending.set(requestId, (response) => {
        if (response.peer_id === command.peerId) settle(toAnswer(response));
      });
      bus.publish({ topic: topics.edgeCommands(peer.edgeId), key: command.peerId, value }).catch((error) => {
        clearTimeout(timer);
        pending.delete(requestId);
        reject(error);
      });
    });
  };
  return {
    send,
    async start() {
      consumer = await bus.broadcast({
        routes: Object.values(replyTopics).map((topic) =>
          on(topic, ({ value }) => pending.get(value.request_id)?.(value)),
        ),
      });
    },
    async stop() {
      await consumer?.stop();
      consumer = null;
    },
    ready: () => (consumer ? READY : notReady('not listening for answers of peers yet')),
  };
}

/** The error codes of edges and peers, as the API names it. */
const API_CODES = {
  peer_offline: 'PEER_OFFLINE',
  expired: 'TIMEOUT',
  refused: 'REFUSED',
  failed: 'FAILED',
} as const;

function toAnswer(response: CommandResponse): PeerAnswer {
  const requestId = response.request_id;
  if (response.success) return { requestId, success: true, result: response.result };
  const message = response.error || 'the peer gave no reason';
  const code = API_CODES[response.error_code ?? 'failed'];
  return { requestId, success: false, code, message };
}
