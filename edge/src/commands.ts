import {
  type EdgeCommand,
  ids,
  type StreamSignalParameters,
  streamSignalParameters,
} from '@giggityflix/platform';
import { CommandType } from '@giggityflix/proto';
import type { OutgoingMessage } from './peer-stream.ts';

export const COMMAND_TYPE_OF: Readonly<Record<Exclude<EdgeCommand['type'], 'stream_signal'>, CommandType>> = {
  file_delete: CommandType.COMMAND_TYPE_FILE_DELETE,
  file_hash: CommandType.COMMAND_TYPE_FILE_HASH,
  screenshot_capture: CommandType.COMMAND_TYPE_SCREENSHOT_CAPTURE,
};

/** Commands that a peer answers; signals it does not. */
export type AnsweredCommandType = keyof typeof COMMAND_TYPE_OF;

export type PeerBound = { ok: true; message: OutgoingMessage } | { ok: false; reason: string };

/** The message a peer gets for a command, or why none can be made of it. */
export function toPeerMessage(command: EdgeCommand): PeerBound {
  if (command.type === 'stream_signal') {
    const parsed = streamSignalParameters.safeParse(command.parameters);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return { ok: false, reason: `parameters.${issue?.path.join('.')}: ${issue?.message}` };
    }
    return { ok: true, message: toSignal(parsed.data) };
  }
  const { catalog_id: catalogId, ...parameters } = command.parameters;
  const id = ids.catalogId.optional().safeParse(catalogId ?? undefined);
  if (!id.success) return { ok: false, reason: `parameters.catalog_id: ${id.error.issues[0]?.message}` };
  return {
    ok: true,
    message: {
      $case: 'command',
      value: {
        requestId: command.request_id,
        type: COMMAND_TYPE_OF[command.type],
        catalogId: Buffer.from(id.data ?? '', 'hex'),
        expiresAt: toTimestamp(Date.parse(command.expires_at)),
        parameters,
      },
    },
  };
}

function toSignal(parameters: StreamSignalParameters): OutgoingMessage {
  const { signal } = parameters;
  return {
    $case: 'playbackSignal',
    value: {
      sessionId: parameters.session_id,
      catalogId: Buffer.from(parameters.catalog_id, 'hex'),
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
      iceServers: parameters.ice_servers.map((server) => ({
        urls: server.urls,
        username: server.username ?? '',
        credential: server.credential ?? '',
      })),
    },
  };
}

/** A protobuf Timestamp of milliseconds since 1970. */
export function toTimestamp(ms: number): { seconds: number; nanos: number } {
  const seconds = Math.floor(ms / 1_000);
  return { seconds, nanos: Math.round((ms - seconds * 1_000) * 1_000_000) };
}

/** The type an answer says it is of; undefined when it says none. */
export function answeredTypeOf(type: CommandType): AnsweredCommandType | undefined {
  const names = Object.keys(COMMAND_TYPE_OF) as AnsweredCommandType[];
  return names.find((name) => COMMAND_TYPE_OF[name] === type);
}
