import type {
  CommandFailure,
  CommandResponse as CommandResponseEvent,
  EdgeCommand,
  Topic,
  Topics,
} from '@giggityflix/bus';
import { CommandErrorCode, type CommandResponse } from '@giggityflix/proto';
import { checked, hex, type Translation } from '../announcements/translate.ts';
import { type AnsweredCommandType, answeredTypeOf, isAnswered } from './peer-message.ts';

/** Longest error text of an answer, in characters. */
const MAX_ERROR_LENGTH = 2_000;

/** Makes the events that answer commands: a peer's response, or that none will come. */
export function createResponses(topics: Topics) {
  const byType: Readonly<Record<AnsweredCommandType, Topic<CommandResponseEvent>>> = {
    file_delete: topics.fileDeleteResponses,
    file_hash: topics.fileHashResponses,
    screenshot_capture: topics.screenshotCaptureResponses,
  };
  const named = (replyTo: string | null | undefined) =>
    Object.values(byType).find((topic) => topic.name === replyTo);
  const topicOf = (type: AnsweredCommandType, replyTo: string | null | undefined) =>
    named(replyTo) ?? byType[type];

  return {
    /** Whether a command names a topic for its answer that is none of the response topics. */
    foreignReplyTo: ({ reply_to }: EdgeCommand): boolean => Boolean(reply_to) && !named(reply_to),

    /**
     * The event of a peer's answer, for the topic that the command asked for. Without the command (its edge
     * has been restarted since) the type the answer names decides.
     */
    answered(peerId: string, response: CommandResponse, asked: EdgeCommand | undefined): Translation {
      const type = asked ? asked.type : answeredTypeOf(response.type);
      if (!type || !isAnswered(type))
        return { ok: false, reason: 'an answer of no type to a command this edge did not send' };
      return checked(topicOf(type, asked?.reply_to), peerId, {
        request_id: response.requestId,
        peer_id: peerId,
        catalog_id: response.catalogId.byteLength > 0 ? hex(response.catalogId) : null,
        success: response.success,
        error: response.error ? response.error.slice(0, MAX_ERROR_LENGTH) : null,
        error_code: response.success ? null : failureOf(response.errorCode),
        result: response.result ?? {},
        timestamp: new Date().toISOString(),
      });
    },

    /**
     * Notifies the caller that no response will come, so that it does not wait for the deadline: a failed response, or
     * for a signal that its session has lost the peer.
     */
    failed(command: EdgeCommand, code: CommandFailure, error: string): Translation {
      const { peer_id, request_id } = command;
      const timestamp = new Date().toISOString();
      if (isAnswered(command.type))
        return checked(topicOf(command.type, command.reply_to), peer_id, {
          request_id,
          peer_id,
          success: false,
          error,
          error_code: code,
          result: {},
          timestamp,
        });
      const session_id = String(command.parameters.session_id);
      const signal = { kind: 'lost' as const, reason: error };
      return checked(topics.peerPlaybackSignals, session_id, { session_id, peer_id, signal, timestamp });
    },
  };
}

export type Responses = ReturnType<typeof createResponses>;

/** The name of a peer's code in events; one this edge does not know is `failed`. */
function failureOf(code: CommandErrorCode): CommandFailure {
  return code === CommandErrorCode.COMMAND_ERROR_CODE_REFUSED ? 'refused' : 'failed';
}
