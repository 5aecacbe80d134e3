import type { FileHandle } from 'node:fs/promises';
import { readUpTo } from '../files/read.ts';
import { type Container, HEAD_BYTES, sniffContainer } from './containers.ts';

/** The place of the film's descriptor in a program that reads it. */
const CHILD_FD = 3;
const DESCRIPTOR = `file:/dev/fd/${CHILD_FD}`;

/** A film that can be opened, having been checked to be the one that is shared. */
export interface OpenableFilm {
  path: string;
  open(): Promise<FileHandle>;
}

/** A film that was opened and is of a container this peer opens. */
export interface MediaInput {
  container: Container;
  handle: FileHandle;
  path: string;
  /** The bytes of it that are read, where these are not all: up to its end without `to`. */
  part?: { from: number; to?: number };
}

/** The film is in no container this peer opens; `message` is fit for a viewer. */
export class UnknownContainerError extends Error {
  override readonly name = 'UnknownContainerError';

  constructor() {
    super('the film is in no container that this peer opens');
  }
}

/** @throws UnknownContainerError */
export async function inspectContainer(handle: FileHandle): Promise<Container> {
  const container = sniffContainer(await readHead(handle));
  if (!container) throw new UnknownContainerError();
  return container;
}

/** Bytes that tell a file's container. */
export function readHead(handle: FileHandle): Promise<Uint8Array> {
  return readUpTo(handle, 0, HEAD_BYTES);
}

/**
 * Opens a shared film for one program, and closes it when the work is done or the program has inherited it.
 *
 * @throws UnknownContainerError, ContentChangedError
 */
export async function withMediaInput<T>(
  film: OpenableFilm,
  work: (input: MediaInput) => Promise<T>,
): Promise<T> {
  const handle = await film.open();
  try {
    return await work({ handle, container: await inspectContainer(handle), path: film.path });
  } finally {
    await handle.close();
  }
}

/**
 * FFmpeg's and ffprobe's arguments that open exactly one file as exactly one container. The program inherits the open file
 * (`fd`), so that no name is looked up again; nothing in the file can name another.
 */
export function inputArguments({ container: { demuxer }, path, part }: MediaInput): string[] {
  // Windows has no names for descriptors.
  const file = process.platform === 'win32' ? `file:${path}` : DESCRIPTOR;
  return [
    ...['-protocol_whitelist', part ? 'file,subfile' : 'file', '-format_whitelist', demuxer, '-f', demuxer],
    ...(demuxer === 'mov' ? ['-use_absolute_path', '0', '-enable_drefs', '0'] : []),
    ...['-i', part ? `subfile,,start,${part.from},end,${part.to ?? 0},,:${file}` : file],
  ];
}

/** A program's words without the name of its input. */
export function withoutPath(words: string, { path }: Pick<MediaInput, 'path'>): string {
  return words.replaceAll(DESCRIPTOR, 'the film').replaceAll(`file:${path}`, 'the film');
}
