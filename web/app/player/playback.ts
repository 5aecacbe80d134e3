import type { MediaFile } from '../operations.ts';
import { createFilmReader } from './film-reader.ts';
import { createLink, type Link, type LinkStatus } from './link.ts';
import { chooseForm, type Form } from './playability.ts';
import { playRendition } from './rendition-player.ts';
import { createPlaybackSession, reportSession, type SessionReporter } from './session.ts';
import { publishFilm } from './worker-bridge.ts';

/** What the viewer is to be told. */
export type PlaybackState =
  | { kind: 'starting' | 'connecting' | 'reconnecting' | 'playing' | 'taken-over' }
  | { kind: 'failed'; error: Error }
  /** Neither the browser can decode the film nor the peer convert it. */
  | { kind: 'undecodable'; reason: string };

export interface Playback {
  begin(startSeconds: number): void;
  /** Ends the session and lets go of the peer. */
  release(): void;
}

/** What may still do when the form chosen first does not. */
const ALTERNATIVE: Record<Form, Form> = { original: 'transcode', remux: 'original', transcode: 'original' };

/** Plays a film in a video element: a session, a link to a peer, and the bytes' way into the element. */
export function createPlayback(options: {
  file: MediaFile;
  video: HTMLVideoElement;
  onState(state: PlaybackState): void;
}): Playback {
  const { file, video, onState } = options;
  const tried = new Set<Form>();
  let form = chooseForm(file);
  let link: Link | null = null;
  let report: SessionReporter | null = null;
  let detach = () => {};
  let generation = 0;
  let over = false;
  let failed = false;
  let refusal: string | null = null;

  const release = () => {
    generation += 1;
    detach();
    report?.stop();
    link?.close();
    detach = () => {};
    link = null;
    report = null;
  };

  const start = async (startSeconds: number) => {
    release();
    const mine = generation;
    const isCurrent = () => mine === generation;
    over = false;
    failed = false;
    tried.add(form);
    onState({ kind: 'starting' });
    try {
      const created = await createPlaybackSession(file.catalogId);
      const reporter = reportSession({
        sessionId: created.session.id,
        position: () => video.currentTime,
        onEnded: (status) => onEnded(status),
      });
      if (!isCurrent()) return reporter.stop();
      report = reporter;
      const opened = createLink({
        catalogId: file.catalogId,
        created,
        form: { rendition: form, startSeconds: form === 'original' ? 0 : startSeconds },
        onStatus: (status) => {
          if (isCurrent()) onStatus(status);
        },
      });
      link = opened;
      if (form === 'original') {
        const { url, withdraw } = await publishFilm(created.session.id, createFilmReader(opened));
        if (!isCurrent()) return withdraw();
        detach = withdraw;
        video.src = url;
        if (startSeconds > 0) video.currentTime = startSeconds;
      } else {
        const onError = (error: Error) => {
          if (isCurrent()) cannotPlay(error.message);
        };
        const player = playRendition({ video, link: opened, form, startSeconds, onError });
        detach = player.stop;
      }
      // A browser may want a key pressed before it plays sound; the controls are there for that.
      await video.play().catch(() => {});
    } catch (error) {
      if (isCurrent()) fail(error as Error);
    }
  };

  const onStatus = ({ state, message = '', code }: LinkStatus) => {
    if (state === 'connected') onState({ kind: 'playing' });
    else if (state !== 'failed') onState({ kind: state });
    else if (code === 'unsupported') {
      refusal = message;
      cannotPlay(message);
    } else fail(new Error(`No peer could be reached: ${message}.`));
  };

  const onEnded = (status: string) => {
    // A laptop that slept comes back to an expired session: nobody else took it, so a new one is begun.
    if (status === 'EXPIRED') return void start(video.currentTime);
    video.pause();
    release();
    onState({ kind: 'taken-over' });
  };

  const fail = (error: Error) => {
    failed = true;
    onState({ kind: 'failed', error });
  };

  const cannotPlay = (reason: string) => {
    const next = ALTERNATIVE[form];
    if (tried.has(next)) {
      release();
      // What the peer said tells more than what the decoder did.
      onState({ kind: 'undecodable', reason: refusal ?? reason });
      return;
    }
    form = next;
    void start(video.currentTime);
  };

  video.addEventListener('pause', () => {
    if (!video.ended) report?.paused();
  });
  video.addEventListener('playing', () => report?.playing());
  video.addEventListener('ended', () => {
    over = true;
    report?.stop();
  });
  // Whoever plays again or goes back after the end watches on, in a session of its own.
  const resume = () => {
    if (over && video.currentTime < video.duration) void start(video.currentTime);
  };
  video.addEventListener('play', resume);
  video.addEventListener('seeking', resume);
  video.addEventListener('error', () => {
    // An element whose bytes stop coming says that it cannot play; the cause has been told already.
    if (!link || failed || !video.getAttribute('src')) return;
    const { code, message = '' } = video.error ?? {};
    if (code === MediaError.MEDIA_ERR_NETWORK) fail(new Error('The film could not be read.'));
    else cannotPlay(message);
  });

  return {
    begin(startSeconds) {
      tried.clear();
      form = chooseForm(file);
      void start(startSeconds);
    },
    release,
  };
}
