import type { MediaFile } from '../operations.ts';
import type { Form } from './connection.ts';
import { createFilmReader } from './film-reader.ts';
import { createLink, type Link, type LinkStatus } from './link.ts';
import { alternativeTo } from './playability.ts';
import { formFor, type Quality } from './quality.ts';
import { playRendition, type RenditionPlayer } from './rendition-player.ts';
import { createPlaybackSession, reportSession, type SessionReporter } from './session.ts';
import { publishFilm } from './worker-bridge.ts';

/** What the viewer is to be told. */
export type PlaybackState =
  | { kind: 'starting' | 'connecting' | 'reconnecting' | 'changing' | 'playing' | 'taken-over' }
  | { kind: 'failed'; error: Error }
  /** Neither the browser can decode the film nor the peer convert it. */
  | { kind: 'undecodable'; reason: string };

export interface Playback {
  /** Begins a session and plays from there. */
  begin(startSeconds: number): void;
  /** Plays on in another quality; the original has the default audio track. */
  setQuality(quality: Quality): void;
  quality(): Quality;
  /** Plays on with another audio track, or the default one for null; the original is repackaged for it. */
  setAudioTrack(track: number | null): void;
  audioTrack(): number | null;
  /** The peer serves too slowly: another one is asked for. */
  changePeer(): void;
  /** Whether the film comes from a peer right now. */
  isConnected(): boolean;
  /** Ends the session and lets go of the peer. */
  release(): void;
}

/** Plays a film in a video element: a session, a link to a peer, and the bytes' way into the element. */
export function createPlayback(options: {
  file: MediaFile;
  video: HTMLVideoElement;
  onState(state: PlaybackState): void;
  /** A peer serves the film now; the first one or another. */
  onConnected(link: Link): void;
  /** The audio track chosen cannot be had; the film goes on with the default one. */
  onAudioLost(): void;
}): Playback {
  const { file, video, onState } = options;
  const tried = new Set<Form['rendition']>();
  let quality: Quality = 'auto';
  let audioTrack: number | null = null;
  let form = formFor(file, quality, audioTrack);
  let link: Link | null = null;
  let report: SessionReporter | null = null;
  let player: RenditionPlayer | null = null;
  /** Where the film is to begin, until its bytes are on their way. */
  let startAt = 0;
  let detach = () => {};
  let generation = 0;
  let films = 0;
  let connected = false;
  let over = false;
  let failed = false;
  let refusal: string | null = null;

  const letGo = () => {
    generation += 1;
    detach();
    detach = () => {};
    player = null;
  };
  const release = () => {
    letGo();
    report?.stop();
    link?.close();
    link = null;
    report = null;
    connected = false;
  };
  const wantedForm = (): Form => ({
    ...form,
    startSeconds: form.rendition === 'original' ? 0 : (player?.place() ?? startAt),
  });

  /** In a session of its own. */
  const start = async (startSeconds: number) => {
    release();
    const mine = generation;
    over = false;
    failed = false;
    startAt = startSeconds;
    onState({ kind: 'starting' });
    try {
      const created = await createPlaybackSession(file.catalogId);
      const reporter = reportSession({
        sessionId: created.session.id,
        position: () => video.currentTime,
        onEnded: (status) => onEnded(status),
      });
      if (mine !== generation) return reporter.stop();
      report = reporter;
      const opened = createLink({
        catalogId: file.catalogId,
        created,
        form: wantedForm,
        onStatus: (status) => {
          if (report === reporter) onStatus(status);
        },
      });
      link = opened;
      await attach(opened, { startSeconds, isOpen: true, play: true });
    } catch (error) {
      if (mine === generation) fail(error as Error);
    }
  };

  /** Leads the bytes of the present form into the element; `isOpen` when the link was made for it. */
  const attach = async (
    from: Link,
    { startSeconds, isOpen, play }: { startSeconds: number; isOpen: boolean; play: boolean },
  ) => {
    const mine = generation;
    startAt = startSeconds;
    tried.add(form.rendition);
    if (form.rendition === 'original') {
      if (!isOpen) await from.reopen();
      const { url, withdraw } = await publishFilm(`${file.catalogId}-${++films}`, createFilmReader(from));
      if (mine !== generation) return withdraw();
      detach = withdraw;
      video.src = url;
      if (startSeconds > 0) video.currentTime = startSeconds;
    } else {
      const playing = playRendition({
        video,
        link: from,
        startSeconds,
        isOpen,
        onError: (error) => {
          if (mine === generation && !failed) cannotPlay(error.message);
        },
      });
      player = playing;
      detach = playing.stop;
    }
    // A browser may want a key pressed before it plays sound; the controls are there for that.
    if (play) await video.play().catch(() => {});
  };

  /** Goes on in another form, over the same link. */
  const change = async (next: Omit<Form, 'startSeconds'>) => {
    const seconds = video.currentTime || startAt;
    const from = link;
    const play = !video.paused || video.currentTime === 0;
    form = next;
    if (!from || failed) return void start(seconds);
    letGo();
    const mine = generation;
    try {
      await attach(from, { startSeconds: seconds, isOpen: false, play });
    } catch (error) {
      if (mine === generation) cannotPlay((error as Error).message);
    }
  };

  const choose = () => {
    tried.clear();
    void change(formFor(file, quality, audioTrack));
  };

  const onStatus = ({ state, message = '', code }: LinkStatus) => {
    connected = state === 'connected';
    if (state === 'connected') {
      onState({ kind: 'playing' });
      if (link) options.onConnected(link);
    } else if (state !== 'failed') onState({ kind: state });
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
    const next = alternativeTo(form, tried);
    if (next) {
      // A link that was refused has ended with it.
      if (!connected) release();
      if (audioTrack !== null && next.audioTrack === undefined) {
        audioTrack = null;
        options.onAudioLost();
      }
      return void change(next);
    }
    release();
    // What the peer said tells more than what the decoder did.
    onState({ kind: 'undecodable', reason: refusal ?? reason });
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
      form = formFor(file, quality, audioTrack);
      void start(startSeconds);
    },
    setQuality(next) {
      quality = next;
      if (next === 'original') audioTrack = null;
      choose();
    },
    quality: () => quality,
    setAudioTrack(track) {
      audioTrack = track;
      if (track !== null && quality === 'original') quality = 'remux';
      choose();
    },
    audioTrack: () => audioTrack,
    changePeer: () => link?.changePeer(),
    isConnected: () => connected,
    release,
  };
}
