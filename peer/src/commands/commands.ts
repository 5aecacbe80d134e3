import { withTrace } from '@giggityflix/kernel';
import { type Command, CommandErrorCode, type CommandResponse, CommandType } from '@giggityflix/proto';
import { catalogIdFromBytes } from '@giggityflix/proto/catalog-id';
import { LRUCache } from 'lru-cache';
import type { DeletionRule } from '../settings/settings.ts';
import { type ActionDeps, createActions, Refusal } from './actions.ts';
import type { Approvals } from './approvals.ts';

/** Commands worked on at once; they read disks and run FFmpeg. */
const MAX_RUNNING = 2;
/** Commands waiting behind them; the next is refused. */
const MAX_WAITING = 64;
/** Longest error text of an answer, in characters. */
const MAX_ERROR_LENGTH = 2_000;
/** Answers kept for a command that is delivered again. */
const MAX_REMEMBERED = 1_000;

export interface CommandDeps extends ActionDeps {
  /** Keeps an answer until the edge has it. */
  respond: (response: CommandResponse) => void;
  /** Where commands to delete wait, if the owner is to be asked. */
  approvals: Approvals;
}

/**
 * Does what the platform asks of this peer: `file_delete` (if the owner allows it), `file_hash`, `screenshot_capture`. A
 * command is delivered at least once; a repeated one gets the answer it got before. `expires_at` is the edge's to judge,
 * as this machine's clock may be wrong.
 */
export function createCommands(config: { deletion: () => DeletionRule }, deps: CommandDeps) {
  const { logger, approvals } = deps;
  /** Requests to delete that the owner approved. */
  const approved = new Set<string>();
  const mayDelete = ({ requestId }: Command) => approved.has(requestId) || config.deletion() === 'allow';
  const actions = createActions({ mayDelete }, deps);
  const answers = new LRUCache<string, CommandResponse | 'running'>({ max: MAX_REMEMBERED });
  const waiting: Command[] = [];
  let running = 0;
  let stopped = false;

  async function run(command: Command): Promise<CommandResponse> {
    try {
      const action = actions[command.type];
      if (!action) throw new Error('this peer does not know the command');
      const catalogId = catalogIdFromBytes(command.catalogId);
      if (!catalogId) throw new Error('the command names no catalog id');
      const result = await action(command, catalogId);
      return {
        ...responseTo(command),
        success: true,
        error: '',
        errorCode: CommandErrorCode.COMMAND_ERROR_CODE_UNSPECIFIED,
        result,
      };
    } catch (error) {
      return failure(command, error as Error);
    }
  }

  /** Whether a command deletes a film of this peer, and the owner is to be asked first. */
  function isForOwner({ type, catalogId }: Command): boolean {
    if (type !== CommandType.COMMAND_TYPE_FILE_DELETE || config.deletion() !== 'ask') return false;
    const id = catalogIdFromBytes(catalogId);
    return id !== null && deps.library.holders(id).length > 0;
  }

  function next(): void {
    while (running < MAX_RUNNING && !stopped) {
      const command = waiting.shift();
      if (!command) return;
      running += 1;
      // One that waited begins in the trace of the one that made room for it.
      void withTrace(command.traceparent, () => run(command)).then((response) => {
        running -= 1;
        withTrace(command.traceparent, () => answer(command, response));
        next();
      });
    }
  }

  function answer(command: Command, response: CommandResponse): void {
    answers.set(command.requestId, response);
    if (stopped) return;
    logger.info(
      { request_id: command.requestId, success: response.success, reason: response.error },
      'command done',
    );
    deps.respond(response);
  }

  return {
    handle(command: Command): void {
      const former = answers.get(command.requestId);
      if (former && former !== 'running') deps.respond(former);
      if (former !== undefined || stopped) return;
      answers.set(command.requestId, 'running');
      if (approvals.has(command.requestId)) return;
      if (isForOwner(command)) {
        if (approvals.add(command))
          logger.warn({ request_id: command.requestId }, 'a deletion waits for the approval of the owner');
        else answer(command, failure(command, new Refusal('this peer is busy')));
        return;
      }
      if (waiting.length >= MAX_WAITING) {
        answer(command, failure(command, new Refusal('this peer is busy')));
        return;
      }
      waiting.push(command);
      next();
    },
    /** The owner's word on a deletion that waits for it; false where none does. */
    decide(requestId: string, { approve }: { approve: boolean }): boolean {
      const command = approvals.take(requestId);
      if (!command) return false;
      if (approve) {
        approved.add(requestId);
        waiting.push(command);
        next();
      } else answer(command, failure(command, new Refusal('the owner of this peer declined the deletion')));
      return true;
    },
    stop(): void {
      stopped = true;
    },
  };
}

const responseTo = ({ requestId, type, catalogId }: Command) => ({ requestId, type, catalogId });

function failure(command: Command, error: Error): CommandResponse {
  return {
    ...responseTo(command),
    success: false,
    error: error.message.slice(0, MAX_ERROR_LENGTH),
    errorCode:
      error instanceof Refusal
        ? CommandErrorCode.COMMAND_ERROR_CODE_REFUSED
        : CommandErrorCode.COMMAND_ERROR_CODE_FAILED,
    result: undefined,
  };
}
