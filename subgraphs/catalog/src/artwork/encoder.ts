import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { READY, type Service } from '@giggityflix/kernel';
import { type EncodedPicture, mayBePicture } from './encode.ts';

const PROGRAM = new URL('encode-process.ts', import.meta.url);
/** How long the process stays without a picture to work on. */
const IDLE_MS = 10_000;
/** How long one picture may take, the start of the process included. */
const TIMEOUT_MS = 20_000;
const HEAP_MB = 64;

export interface PictureEncoder extends Service {
  /** The picture written anew; null for what is none. One is worked on at a time. */
  encode(data: Uint8Array): Promise<EncodedPicture | null>;
}

/**
 * Has pictures decoded in a process of their own, which ends when there are none: a picture that takes down its decoder
 * takes nothing else, and the memory that decoding leaves behind is given back.
 */
export function createPictureEncoder(
  options: { program?: URL; idleMs?: number; timeoutMs?: number } = {},
): PictureEncoder {
  const { program = PROGRAM, idleMs = IDLE_MS, timeoutMs = TIMEOUT_MS } = options;
  let child: ChildProcess | null = null;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let stopped = false;

  const start = () => {
    const started = fork(program, {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    // Whoever waits for an answer listens, too.
    started.on('error', () => {});
    started.once('exit', () => {
      if (child === started) child = null;
    });
    return started;
  };
  const encode = async (data: Uint8Array): Promise<EncodedPicture | null> => {
    clearTimeout(idle);
    if (stopped) throw new Error('the catalog stops');
    child ??= start();
    const made = await answerOf(child, data, timeoutMs);
    if (made === null && child?.killed) child = null;
    idle = setTimeout(() => {
      const ending = child;
      child = null;
      if (ending?.connected) ending.disconnect();
    }, idleMs);
    idle.unref();
    return made;
  };
  return {
    encode(data) {
      if (!mayBePicture(data)) return Promise.resolve(null);
      const made = last.then(() => encode(data));
      last = made.catch(() => {});
      return made;
    },
    start: async () => {
      stopped = false;
    },
    async stop() {
      stopped = true;
      clearTimeout(idle);
      await last;
      const ending = child;
      if (!ending) return;
      const exited = once(ending, 'exit');
      ending.kill('SIGKILL');
      await exited;
    },
    ready: () => READY,
  };
}

/**
 * What the process answers; null when it ends over the picture, or takes too long.
 * @throws Error when there can be no process now.
 */
function answerOf(child: ChildProcess, data: Uint8Array, timeoutMs: number): Promise<EncodedPicture | null> {
  const { promise, resolve, reject } = Promise.withResolvers<EncodedPicture | null>();
  const onMessage = (made: unknown) => resolve(made as EncodedPicture | null);
  const onExit = () => resolve(null);
  child.on('message', onMessage).on('exit', onExit).on('error', reject);
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    resolve(null);
  }, timeoutMs);
  // Where the process ended meanwhile, its exit is reported.
  child.send(data, () => {});
  return promise.finally(() => {
    clearTimeout(timer);
    child.off('message', onMessage).off('exit', onExit).off('error', reject);
  });
}
