import {
  type CommandFailure,
  type EdgeCommand,
  ids,
  type StreamSignalParameters,
  streamSignalParameters,
} from '@giggityflix/bus';
import { currentTraceparent } from '@giggityflix/kernel';
import { CommandType, ConnectResponse, catalogIdToBuffer } from '@giggityflix/proto';
import { z } from 'zod';
import { type OutgoingMessage, toTimestamp } from '../grpc/wire.ts';

export const COMMAND_TYPE_OF = {
  file_delete: CommandType.COMMAND_TYPE_FILE_DELETE,
  file_hash: CommandType.COMMAND_TYPE_FILE_HASH,
  screenshot_capture: CommandType.COMMAND_TYPE_SCREENSHOT_CAPTURE,
} as const satisfies Partial<Record<EdgeCommand['type'], CommandType>>;

/** Commands that a peer answers; signals it does not. */
export type AnsweredCommandType = keyof typeof COMMAND_TYPE_OF;

export function isAnswered(type: EdgeCommand['type']): type is AnsweredCommandType {
  return type in COMMAND_TYPE_OF;
}

/** What a peer is asked to do. */
export type CommandMessage = Extract<OutgoingMessage, { $case: 'command' | 'playbackSignal' }>;

export type PeerBound =
  | {
      ok: true;
      message: CommandMessage;
      /** Its size on the wire. */
      bytes: number;
    }
  | { ok: false; code: CommandFailure; reason: string };

/** The message a peer gets for a command, or why it gets none: expired, malformed, or of more bytes than a peer takes. */
export function toPeerMessage(command: EdgeCommand, maxMessageBytes: number): PeerBound {
  if (Date.parse(command.expires_at) <= Date.now())
    return { ok: false, code: 'expired', reason: `the command expired at ${command.expires_at}` };
  const made = isAnswered(command.type) ? commandMessage(command, command.type) : signalMessage(command);
  if (typeof made === 'string') return { ok: false, code: 'failed', reason: made };
  made.value.traceparent = currentTraceparent();
  const bytes = ConnectResponse.encode({ message: made }).finish().byteLength;
  if (bytes <= maxMessageBytes) return { ok: true, message: made, bytes };
  const reason = `the command has ${bytes} bytes; a peer takes ${maxMessageBytes}`;
  return { ok: false, code: 'failed', reason };
}

/** The message, or what is wrong. */
function signalMessage({ parameters }: EdgeCommand): CommandMessage | string {
  const parsed = streamSignalParameters.safeParse(parameters);
  if (parsed.success) return toSignal(parsed.data);
  const [issue] = parsed.error.issues;
  return `parameters.${issue?.path.join('.')}: ${issue?.message}`;
}

/** The message, or what is wrong. */
function commandMessage(command: EdgeCommand, type: AnsweredCommandType): CommandMessage | string {
  const { catalog_id: catalogId, ...parameters } = command.parameters;
  const id = z.optional(ids.catalogId).safeParse(catalogId ?? undefined);
  if (!id.success) return `parameters.catalog_id: ${id.error.issues[0]?.message}`;
  return {
    $case: 'command',
    value: {
      requestId: command.request_id,
      type: COMMAND_TYPE_OF[type],
      catalogId: id.data ? catalogIdToBuffer(id.data) : Buffer.alloc(0),
      expiresAt: toTimestamp(Date.parse(command.expires_at)),
      parameters,
    },
  };
}

function toSignal(parameters: StreamSignalParameters): CommandMessage {
  const { signal } = parameters;
  return {
    $case: 'playbackSignal',
    value: {
      sessionId: parameters.session_id,
      catalogId: catalogIdToBuffer(parameters.catalog_id),
      signal:
        signal.kind === 'description'
          ? { $case: 'description', value: signal.description }
          : signal.kind === 'candidate'
            ? {
                $case: 'candidate',
                value: {
                  candidate: signal.candidate.candidate,
                  sdpMid: signal.candidate.sdp_mid ?? undefined,
                  sdpMLineIndex: signal.candidate.sdp_m_line_index ?? undefined,
                },
              }
            : { $case: 'lost', value: { reason: signal.reason } },
      account: parameters.account,
      iceServers: parameters.ice_servers.map((server) => ({
        urls: server.urls,
        username: server.username ?? '',
        credential: server.credential ?? '',
      })),
    },
  };
}

/** The type a response names; undefined when it names none. */
export function answeredTypeOf(type: CommandType): AnsweredCommandType | undefined {
  const names = Object.keys(COMMAND_TYPE_OF) as AnsweredCommandType[];
  return names.find((name) => COMMAND_TYPE_OF[name] === type);
}
