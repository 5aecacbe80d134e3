import type { EdgeCommand } from '@giggityflix/bus';
import { CommandErrorCode, type CommandResponse, CommandType } from '@giggityflix/proto';

/** A time so many milliseconds from now. */
export const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

/** A command that asks a peer for hashes. */
export function hashCommand(peerId: string, changes: Partial<EdgeCommand> = {}): EdgeCommand {
  return {
    type: 'file_hash',
    request_id: 'r-1',
    peer_id: peerId,
    expires_at: inMs(60_000),
    parameters: {},
    ...changes,
  };
}

/** A peer's answer to such a command. */
export function hashAnswer(changes: Partial<CommandResponse> = {}) {
  return {
    $case: 'commandResponse' as const,
    value: {
      requestId: 'r-1',
      type: CommandType.COMMAND_TYPE_FILE_HASH,
      catalogId: Buffer.alloc(0),
      success: true,
      error: '',
      errorCode: CommandErrorCode.COMMAND_ERROR_CODE_UNSPECIFIED,
      result: {},
      ...changes,
    },
  };
}
