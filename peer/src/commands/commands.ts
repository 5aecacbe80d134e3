import { type Command, CommandErrorCode, type CommandResponse } from '@giggityflix/proto';
import { catalogIdFromBytes } from '@giggityflix/proto/catalog-id';
import { LRUCache } from 'lru-cache';
import { type ActionDeps, createActions, Refusal } from './actions.ts';

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
}

/**
 * Does what the platform asks of this peer: `file_delete` (if the owner allows it), `file_hash`, `screenshot_capture`. A
 * command is delivered at least once; a repeated one gets the answer it got before. `expires_at` is the edge's to judge,
 * as this machine's clock may be wrong.
 */
export function createCommands(config: { allowDelete: boolean }, deps: CommandDeps) {
  const { logger } = deps;
  const actions = createActions(config, deps);
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

  function next(): void {
    while (running < MAX_RUNNING && !stopped) {
      const command = waiting.shift();
      if (!command) return;
      running += 1;
      void run(command).then((response) => {
        running -= 1;
        answer(command, response);
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
      if (waiting.length >= MAX_WAITING) {
        answer(command, failure(command, new Refusal('this peer is busy')));
        return;
      }
      waiting.push(command);
      next();
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
