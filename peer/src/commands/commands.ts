import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@giggityflix/kernel';
import { type Command, CommandErrorCode, type CommandResponse, CommandType } from '@giggityflix/proto';
import { LRUCache } from 'lru-cache';
import type { HashPool } from '../hashing/pool.ts';
import type { Library } from '../library/library.ts';
import type { LibraryFile } from '../library/types.ts';
import type { Screenshot, Screenshots } from '../screenshots/screenshots.ts';
import { parseParameters } from './parameters.ts';

/** Commands worked on at once; they read disks and run FFmpeg. */
const MAX_RUNNING = 2;
/** Commands waiting behind them; the next is refused. */
const MAX_WAITING = 64;
/** Longest error text of an answer, in characters. */
const MAX_ERROR_LENGTH = 2_000;
/** Answers kept for a command that is delivered again. */
const MAX_REMEMBERED = 1_000;

export interface CommandDeps {
  library: Library;
  hashes: HashPool;
  screenshots: Screenshots;
  logger: Logger;
  /** Keeps an answer until the edge has it. */
  respond: (response: CommandResponse) => void;
  /** Sends pictures to the catalog. */
  onPictures: (catalogId: string, pictures: Screenshot[]) => void;
}

type Result = Record<string, unknown>;

/** What this peer could do and does not. */
class Refusal extends Error {}

export type Commands = ReturnType<typeof createCommands>;

/**
 * Does what the platform asks of this peer: `file_delete` (if the owner allows it), `file_hash`, `screenshot_capture`. A
 * command is delivered at least once; a repeated one gets the answer it got before. `expires_at` is the edge's to judge,
 * as this machine's clock may be wrong.
 */
export function createCommands(config: { allowDelete: boolean }, deps: CommandDeps) {
  const { library, logger } = deps;
  const answers = new LRUCache<string, CommandResponse | 'running'>({ max: MAX_REMEMBERED });
  const waiting: Command[] = [];
  let running = 0;
  let stopped = false;

  const handlers: Partial<Record<CommandType, (command: Command, catalogId: string) => Promise<Result>>> = {
    [CommandType.COMMAND_TYPE_FILE_DELETE]: (_command, catalogId) => deleteFile(catalogId),
    [CommandType.COMMAND_TYPE_FILE_HASH]: hashFile,
    [CommandType.COMMAND_TYPE_SCREENSHOT_CAPTURE]: captureScreenshots,
  };

  function holdersOf(catalogId: string): LibraryFile[] {
    const files = library.holders(catalogId);
    if (files.length === 0) throw new Error('this peer does not share the file');
    return files;
  }

  async function deleteFile(catalogId: string): Promise<Result> {
    if (!config.allowDelete)
      throw new Refusal('the owner of this peer does not allow deletion (ALLOW_REMOTE_DELETE)');
    const files = holdersOf(catalogId);
    for (const file of files) {
      const path = join(file.dir, file.name);
      await rm(path);
      library.remove([file]);
      logger.warn({ path, catalog_id: catalogId }, 'deleted on command');
    }
    return { deleted_files: files.length };
  }

  async function hashFile(command: Command, catalogId: string): Promise<Result> {
    const { algorithms } = parseParameters('file_hash', command.parameters);
    const [file] = holdersOf(catalogId);
    const known = library.content(catalogId)!;
    const wanted = algorithms ?? Object.keys(known.hashes);
    const hashes: Record<string, string> = {};
    if (wanted.every((name) => name in known.hashes))
      for (const name of wanted) hashes[name] = known.hashes[name]!;
    else {
      const result = await deps.hashes.hash(join(file!.dir, file!.name), wanted);
      if (Buffer.from(result.root).toString('hex') !== catalogId) throw new Error('the file has changed');
      Object.assign(hashes, result.hashes);
    }
    return { size_bytes: known.sizeBytes, hashes, ...hashes };
  }

  async function captureScreenshots(command: Command, catalogId: string): Promise<Result> {
    const { quantity } = parseParameters('screenshot_capture', command.parameters);
    const pictures = await deps.screenshots.capture(catalogId, quantity);
    deps.onPictures(catalogId, pictures);
    return {
      quantity: pictures.length,
      screenshots: pictures.map(({ index, atSeconds, width, height, mimeType, data }) => ({
        index,
        at_seconds: atSeconds,
        width,
        height,
        mime_type: mimeType,
        size_bytes: data.length,
      })),
    };
  }

  async function run(command: Command): Promise<CommandResponse> {
    try {
      const handler = handlers[command.type];
      if (!handler) throw new Error('this peer does not know the command');
      if (command.catalogId.length !== 32) throw new Error('the command names no catalog id');
      const result = await handler(command, command.catalogId.toString('hex'));
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
