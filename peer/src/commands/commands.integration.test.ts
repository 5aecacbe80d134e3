import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, CommandErrorCode, type CommandResponse, CommandType } from '@giggityflix/proto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silent, temporaryDir } from '../../testing/harness.ts';
import { shareFile, testLibrary } from '../../testing/library.ts';
import { createHashPool } from '../hashing/pool.ts';
import type { Screenshots } from '../screenshots/screenshots.ts';
import type { DeletionRule } from '../settings/settings.ts';
import { createApprovals } from './approvals.ts';
import { createCommands } from './commands.ts';

const {
  COMMAND_TYPE_FILE_DELETE,
  COMMAND_TYPE_FILE_HASH,
  COMMAND_TYPE_SCREENSHOT_CAPTURE,
  COMMAND_TYPE_UNSPECIFIED,
} = CommandType;

function setUp(
  options: { deletion?: DeletionRule; screenshots?: Screenshots['capture']; dataDir?: string } = {},
) {
  const media = temporaryDir();
  const dataDir = options.dataDir ?? temporaryDir();
  const library = testLibrary();
  const path = join(media, 'a.mp4');
  const catalogId = shareFile(library, path, media, 'the bytes');
  const hashes = createHashPool({ algorithms: [], workers: 1, maxBytesPerSecond: 0 });
  onTestFinished(() => hashes.stop());
  const approvals = createApprovals({ dataDir });
  const responses: CommandResponse[] = [];
  const pictures: string[] = [];
  const commands = createCommands(
    { deletion: () => options.deletion ?? 'refuse' },
    {
      library,
      hashes,
      logger: silent,
      screenshots: {
        available: async () => true,
        capture:
          options.screenshots ??
          (async () => Promise.reject(new Error('FFmpeg is not installed on this peer'))),
      },
      approvals,
      respond: (response) => responses.push(response),
      onPictures: (id, taken) => pictures.push(`${id} ${taken.length}`),
    },
  );
  const ask = async (type: CommandType, overrides: Partial<Command> = {}): Promise<CommandResponse> => {
    const before = responses.length;
    commands.handle({
      requestId: `request-${before}`,
      type,
      catalogId: Buffer.from(catalogId, 'hex'),
      expiresAt: undefined,
      parameters: {},
      ...overrides,
    });
    await expect.poll(() => responses.length).toBe(before + 1);
    return responses[before]!;
  };
  return { ask, approvals, path, library, catalogId, pictures, responses, commands };
}

describe('file_delete', () => {
  it('is refused unless the owner allows it', async () => {
    const { ask, path } = setUp();
    const response = await ask(COMMAND_TYPE_FILE_DELETE);
    expect(response).toMatchObject({
      success: false,
      errorCode: CommandErrorCode.COMMAND_ERROR_CODE_REFUSED,
      error: expect.stringContaining('ALLOW_REMOTE_DELETE'),
    });
    expect(existsSync(path)).toBe(true);
  });

  it('deletes every file with these bytes, once, and answers a repeated request alike', async () => {
    const { ask, path, library, catalogId } = setUp({ deletion: 'allow' });
    const request = { requestId: 'delete-1' };
    expect(await ask(COMMAND_TYPE_FILE_DELETE, request)).toMatchObject({
      success: true,
      result: { deleted_files: 1 },
    });
    expect(existsSync(path)).toBe(false);
    expect(library.isShared(catalogId)).toBe(false);
    expect(await ask(COMMAND_TYPE_FILE_DELETE, request)).toMatchObject({ success: true });
    expect(await ask(COMMAND_TYPE_FILE_DELETE)).toMatchObject({
      success: false,
      errorCode: CommandErrorCode.COMMAND_ERROR_CODE_FAILED,
      error: 'this peer does not share the file',
    });
  });
});

describe('file_delete where the owner is to be asked', () => {
  const request = (catalogId: string, requestId = 'delete-1'): Command => ({
    requestId,
    type: COMMAND_TYPE_FILE_DELETE,
    catalogId: Buffer.from(catalogId, 'hex'),
    expiresAt: undefined,
    parameters: {},
  });

  it('waits for the word of the owner, delivered however often, and deletes at it', async () => {
    const { commands, catalogId, path, responses, approvals } = setUp({ deletion: 'ask' });
    commands.handle(request(catalogId));
    commands.handle(request(catalogId));
    expect(approvals.list()).toMatchObject([{ requestId: 'delete-1', catalogId }]);
    expect(existsSync(path)).toBe(true);
    expect(commands.decide('delete-1', { approve: true })).toBe(true);
    await expect.poll(() => responses).toMatchObject([{ success: true, result: { deleted_files: 1 } }]);
    expect(existsSync(path)).toBe(false);
    expect(commands.decide('delete-1', { approve: true })).toBe(false);
  });

  it('outlives the daemon', async () => {
    const dataDir = temporaryDir();
    const before = setUp({ deletion: 'ask', dataDir });
    before.commands.handle(request(before.catalogId));
    before.commands.stop();
    const { commands, responses, path, catalogId } = setUp({ deletion: 'ask', dataDir });
    commands.handle(request(catalogId));
    expect(commands.decide('delete-1', { approve: false })).toBe(true);
    await expect
      .poll(() => responses)
      .toMatchObject([
        {
          success: false,
          errorCode: CommandErrorCode.COMMAND_ERROR_CODE_REFUSED,
          error: 'the owner of this peer declined the deletion',
        },
      ]);
    expect(existsSync(path)).toBe(true);
  });

  it('does not ask about files that this peer does not share', async () => {
    const { ask, approvals } = setUp({ deletion: 'ask' });
    expect(await ask(COMMAND_TYPE_FILE_DELETE, { catalogId: Buffer.alloc(32, 7) })).toMatchObject({
      success: false,
    });
    expect(approvals.list()).toEqual([]);
  });
});

describe('file_hash', () => {
  it('answers the hashes it knows and computes the others', async () => {
    const { ask } = setUp();
    const md5 = createHash('md5').update('the bytes').digest('hex');
    const sha512 = createHash('sha512').update('the bytes').digest('hex');
    expect((await ask(COMMAND_TYPE_FILE_HASH)).result).toMatchObject({ size_bytes: 9, hashes: { md5 } });
    const parameters = { algorithms: ['md5', 'sha512'] };
    expect((await ask(COMMAND_TYPE_FILE_HASH, { parameters })).result).toMatchObject({
      hashes: { md5, sha512 },
    });
  });

  it.each([
    [{ algorithms: ['rot13'] }, 'parameters.algorithms.0'],
    [{ algorithms: 'md5' }, 'parameters.algorithms'],
  ])('names what is wrong with %j', async (parameters, error) => {
    const { ask } = setUp();
    expect(await ask(COMMAND_TYPE_FILE_HASH, { parameters })).toMatchObject({
      success: false,
      error: expect.stringContaining(error),
    });
  });
});

describe('screenshot_capture', () => {
  it('sends the pictures and describes them in its answer', async () => {
    const data = Buffer.from('jpeg');
    const { ask, pictures, catalogId } = setUp({
      screenshots: async (_id, count) =>
        Array.from({ length: count }, (_, index) => ({
          index,
          atSeconds: index,
          width: 480,
          height: 270,
          mimeType: 'image/jpeg',
          data,
        })),
    });
    const response = await ask(COMMAND_TYPE_SCREENSHOT_CAPTURE, { parameters: { quantity: 2 } });
    expect(response).toMatchObject({ success: true, result: { quantity: 2 } });
    expect(pictures).toEqual([`${catalogId} 2`]);
  });

  it('says what is missing', async () => {
    const { ask } = setUp();
    expect(await ask(COMMAND_TYPE_SCREENSHOT_CAPTURE)).toMatchObject({
      success: false,
      error: expect.stringContaining('FFmpeg'),
    });
  });
});

describe('any command', () => {
  it('that makes no sense is answered with what is wrong', async () => {
    const { ask } = setUp();
    expect(await ask(COMMAND_TYPE_UNSPECIFIED)).toMatchObject({
      error: 'this peer does not know the command',
    });
    expect(await ask(COMMAND_TYPE_FILE_HASH, { catalogId: Buffer.alloc(3) })).toMatchObject({
      error: 'the command names no catalog id',
    });
    expect(await ask(COMMAND_TYPE_FILE_HASH, { catalogId: Buffer.alloc(32) })).toMatchObject({
      success: false,
    });
  });

  it('beyond the bound is refused, and every one is answered once', async () => {
    const { commands, responses, catalogId } = setUp();
    for (let i = 0; i < 200; i += 1)
      commands.handle({
        requestId: `flood-${i}`,
        type: COMMAND_TYPE_FILE_HASH,
        catalogId: Buffer.from(catalogId, 'hex'),
        expiresAt: undefined,
        parameters: {},
      });
    await expect.poll(() => responses.length).toBe(200);
    expect(new Set(responses.map(({ requestId }) => requestId)).size).toBe(200);
    expect(responses.filter(({ error }) => error === 'this peer is busy').length).toBeGreaterThan(100);
  });
});
