import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { ChannelError, type Opened, type ViewerClient } from '@giggityflix/proto/viewer-client';
import type { Link } from './link.ts';

/** Pieces asked for at a time: 16 MiB if they are whole. */
const PIECES_PER_READ = 64;
/** How much is kept before and behind the place being watched. */
const AHEAD_SECONDS = 45;
const BEHIND_SECONDS = 30;
/** A seek bar that is dragged asks for many places; the last one counts. */
const SEEK_PAUSE_MS = 200;
const LOOK_AGAIN_MS = 250;
/** Gaps between fragments a player skips by itself. */
const GAP_SECONDS = 0.3;

export interface RenditionPlayer {
  stop(): void;
}

/** Plays a film its peer converts on the fly: Media Source Extensions, a new conversion for each seek beyond what is held. */
export function playRendition(options: {
  video: HTMLVideoElement;
  link: Link;
  form: 'remux' | 'transcode';
  startSeconds: number;
  onError(error: Error): void;
}): RenditionPlayer {
  const { video, link, form } = options;
  const source = new MediaSource();
  const url = URL.createObjectURL(source);
  let buffer: SourceBuffer | null = null;
  let generation = 0;
  let seeking: ReturnType<typeof setTimeout> | undefined;

  /** Fetches from `seconds` on until told to fetch from elsewhere. */
  const run = async (seconds: number, isFirst = false): Promise<void> => {
    const mine = ++generation;
    const isCurrent = () => mine === generation;
    try {
      const { client, opened } = isFirst
        ? await link.connection()
        : await link.reopen({ rendition: form, startSeconds: seconds });
      if (!isCurrent()) return;
      await prepare(opened, seconds);
      if (await fill(client, isCurrent)) source.endOfStream();
    } catch (error) {
      if (!isCurrent()) return;
      // The peer went away: another goes on from what there is.
      if (error instanceof ChannelError && error.code !== 'unsupported') return run(endOfBuffer());
      options.onError(error as Error);
    }
  };

  const prepare = async (opened: Opened, seconds: number) => {
    if (!buffer) {
      if (!MediaSource.isTypeSupported(opened.mimeType))
        throw new Error(`this browser cannot play ${opened.mimeType}`);
      buffer = source.addSourceBuffer(opened.mimeType);
      if (opened.durationSeconds) source.duration = opened.durationSeconds;
      if (seconds > 0) video.currentTime = seconds;
    } else {
      await settled();
      buffer.abort();
    }
    buffer.timestampOffset = opened.startSeconds;
  };

  /** True when the film's end has been reached. */
  const fill = async (client: ViewerClient, isCurrent: () => boolean): Promise<boolean> => {
    for (let next = 0; ; ) {
      const end = next + PIECES_PER_READ;
      for await (const piece of client.read(next * PIECE_SIZE, end * PIECE_SIZE)) {
        next = piece.index + 1;
        while (isCurrent() && endOfBuffer() - video.currentTime > AHEAD_SECONDS) await wait(LOOK_AGAIN_MS);
        if (!isCurrent()) return false;
        await append(piece.data);
      }
      if (!isCurrent()) return false;
      if (next < end) return true;
    }
  };

  const append = async (data: Uint8Array) => {
    await settled();
    const keepFrom = video.currentTime - BEHIND_SECONDS;
    if (buffer!.buffered.length > 0 && buffer!.buffered.start(0) < keepFrom - BEHIND_SECONDS) {
      buffer!.remove(0, keepFrom);
      await settled();
    }
    buffer!.appendBuffer(data as Uint8Array<ArrayBuffer>);
    await settled();
  };

  const settled = async () => {
    while (buffer?.updating)
      await new Promise((resolve) => buffer!.addEventListener('updateend', resolve, { once: true }));
  };
  const isHeld = (seconds: number) => {
    const ranges = video.buffered;
    for (let index = 0; index < ranges.length; index += 1)
      if (ranges.start(index) - GAP_SECONDS <= seconds && seconds < ranges.end(index)) return true;
    return false;
  };
  /** Where the part being watched ends. */
  const endOfBuffer = () => {
    const ranges = video.buffered;
    for (let index = 0; index < ranges.length; index += 1)
      if (
        ranges.start(index) - GAP_SECONDS <= video.currentTime &&
        video.currentTime <= ranges.end(index) + GAP_SECONDS
      )
        return ranges.end(index);
    return video.currentTime;
  };

  const onSeeking = () => {
    clearTimeout(seeking);
    if (isHeld(video.currentTime)) return;
    seeking = setTimeout(() => {
      if (!isHeld(video.currentTime)) void run(video.currentTime);
    }, SEEK_PAUSE_MS);
  };
  source.addEventListener(
    'sourceopen',
    () => {
      void run(options.startSeconds, true).then(() => {});
      // The first place is set before there is anything to watch.
      setTimeout(() => video.addEventListener('seeking', onSeeking), 0);
    },
    { once: true },
  );
  video.src = url;

  return {
    stop() {
      generation += 1;
      clearTimeout(seeking);
      video.removeEventListener('seeking', onSeeking);
      URL.revokeObjectURL(url);
    },
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
