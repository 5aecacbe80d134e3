import type { PeerConnection } from '../connection/connection.ts';
import type { Link, LinkStatus } from '../connection/link.ts';
import type { Platform } from '../ports/platform.ts';
import { type Choice, createChoice, type FilmForm, type Quality } from './choice.ts';
import { failureOf, isOfForm, isPassing, type PlayerFailure } from './failure.ts';
import { createShowing, type Screen, type Showing } from './showing.ts';
import {
  PLAYBACK_TRANSITIONS,
  type PlaybackAction,
  type PlaybackEventName,
  type PlaybackStateName,
} from './transitions.ts';

/** A state that the viewer is to see; `idle` and `ended` say nothing. */
export type PlaybackState =
  | { kind: Exclude<PlaybackStateName, 'idle' | 'ended' | 'failed' | 'undecodable' | 'waiting'> }
  | { kind: 'failed'; error: Error; failure?: PlayerFailure }
  /** Until a peer has room to convert the film; `position` in its queue, from 1, where it has one. */
  | { kind: 'waiting'; position: number | null }
  /** Neither can the platform decode the film nor the peer convert it. */
  | { kind: 'undecodable'; reason: string };

/** Plays a film: a session, a link to a peer, and the bytes' way onto the screen. */
export interface Playback {
  /** Begins a session and plays from there; from where the last one ended without a place. */
  begin(startSeconds?: number): void;
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
  /** Ends the session and leaves the peer. */
  release(): void;
  /** What the screen reports of itself. */
  readonly screen: {
    paused(): void;
    playing(): void;
    /** The film has been played to its end. */
    finished(): void;
    /** The viewer plays again, or seeks, at a place before the end. */
    resumed(): void;
    /** The bytes stopped coming. */
    unreadable(): void;
    /** The form cannot be decoded. */
    undecodable(reason: string): void;
    /** The film does not play on, for whatever reason. */
    failed(failure: PlayerFailure): void;
  };
}

export interface PlaybackOptions {
  platform: Platform;
  screen: Screen;
  catalogId: string;
  deviceId: string;
  /** The profile that progress is kept for, of an account that has several. */
  profileId?: string | undefined;
  /** The form that gives a quality and an audio track on this platform. */
  formFor(quality: Quality, audioTrack: number | null): FilmForm;
  onState(state: PlaybackState): void;
  /** A peer serves the film now; the first one or another. */
  onConnected(link: Link): void;
  /** The audio track chosen cannot be had; the film goes on with the default one. */
  onAudioLost(): void;
  /** A peer has opened the film in some form, as asked or as near as it can. */
  onOpened?(connection: PeerConnection, form: FilmForm): void;
  /** Another form is tried, as the one before cannot be had or decoded. */
  onFormChanged?(change: FormChange): void;
}

/** A form in the place of another one. */
export interface FormChange {
  from: FilmForm;
  to: FilmForm;
  failure: PlayerFailure;
}

/** How often a form is attached anew where it fails in the same place. */
const MAX_REPEATS = 2;
const PROGRESS_SECONDS = 3;

/** What comes with an event. */
interface Details {
  /** With `begin`: where. */
  seconds?: number;
  /** With `failed` and `unreadable`. */
  error?: Error;
  failure?: PlayerFailure;
  /** With `waiting`. */
  position?: number | undefined;
  /** With `exhausted`. */
  reason?: string;
}

export function createPlayback(options: PlaybackOptions): Playback {
  const { screen } = options;
  const choice: Choice = createChoice(options.formFor);
  let state: PlaybackStateName = 'idle';
  let showing: Showing | null = null;
  /** What a peer said when it refused a form: it says more than the decoder. */
  let refusal: string | null = null;

  const dispatch = (event: PlaybackEventName, details: Details = {}) => {
    const transition = PLAYBACK_TRANSITIONS[state][event];
    if (!transition) return;
    state = transition.to;
    if (transition.action !== 'switch') announce(details);
    if (transition.action) actions[transition.action](details);
  };

  const announce = (details: Details) => {
    const { error = new Error('The film cannot be played.'), reason = '', failure } = details;
    if (state === 'idle' || state === 'ended') return;
    if (state === 'failed') options.onState({ kind: state, error, ...(failure ? { failure } : {}) });
    else if (state === 'waiting') options.onState({ kind: state, position: details.position ?? null });
    else if (state === 'undecodable') options.onState({ kind: state, reason });
    else options.onState({ kind: state });
  };

  const actions: Record<PlaybackAction, (details: Details) => void> = {
    start({ seconds }) {
      const startSeconds = seconds ?? positionNow();
      release();
      const mine = createShowing({
        platform: options.platform,
        screen,
        catalogId: options.catalogId,
        deviceId: options.deviceId,
        profileId: options.profileId,
        startSeconds,
        form: choice.form,
        onAttach: choice.markTried,
        onStatus,
        onOpened(connection) {
          if (showing === mine) options.onOpened?.(connection, choice.form());
        },
        onSessionEnded: (status) => dispatch(status === 'EXPIRED' ? 'expired' : 'ended-elsewhere'),
        onFailure: (failure) => {
          if (showing === mine) fail(failure);
        },
      });
      showing = mine;
      mine.start().catch((error: Error) => {
        if (showing === mine) dispatch('failed', { error });
      });
    },
    switch() {
      const mine = showing;
      mine?.switchForm().catch((error: unknown) => {
        if (showing === mine) fail(failureOf(error));
      });
    },
    'offer-choices'() {
      if (showing?.link) options.onConnected(showing.link);
    },
    'stop-session': () => void showing?.report?.stop(),
    'pause-and-release'() {
      screen.pause();
      release();
    },
    release: () => release(),
  };

  /** Where the last session ended; a screen may hold nothing of it. */
  let lastPosition = 0;
  const positionNow = () => showing?.position() ?? screen.position() ?? lastPosition;
  const release = () => {
    if (showing) lastPosition = showing.position();
    showing?.close();
    showing = null;
  };

  /** The form cannot be had or decoded; another one may do. */
  const refuse = (failure: PlayerFailure) => {
    if (!PLAYBACK_TRANSITIONS[state].refused) return;
    if (failure.kind === 'unsupported') refusal = failure.reason;
    const from = choice.form();
    const next = choice.takeAlternative();
    if (!next) return dispatch('exhausted', { reason: refusal ?? failure.reason });
    if (next.audioLost) options.onAudioLost();
    options.onFormChanged?.({ from, to: choice.form(), failure });
    dispatch('refused');
  };

  /** Attachments of the same form since the film was seen to go on. */
  let repeats = 0;
  let repeatedAt = Number.NEGATIVE_INFINITY;
  const fail = (failure: PlayerFailure) => {
    if (isOfForm(failure)) return refuse(failure);
    // What follows from a failure that has been said says less than it did.
    if (state === 'failed') return;
    const place = positionNow();
    if (Math.abs(place - repeatedAt) > PROGRESS_SECONDS) repeats = 0;
    if (isPassing(failure) && repeats < MAX_REPEATS) {
      repeats += 1;
      repeatedAt = place;
      return dispatch('interrupted');
    }
    dispatch('failed', { error: new Error(`The film does not play on: ${failure.reason}`), failure });
  };

  const onStatus = ({ state: status, message = '', code, position }: LinkStatus) => {
    if (status !== 'failed') return dispatch(status, { position });
    if (code === 'session_ended') return dispatch('ended-elsewhere');
    if (code === 'unsupported') return refuse({ kind: 'unsupported', reason: message });
    const failure: PlayerFailure = { kind: 'unreadable', reason: message };
    dispatch('failed', { error: new Error(`No peer could be reached: ${message}.`), failure });
  };

  return {
    begin(seconds) {
      choice.reset();
      dispatch('begin', { seconds });
    },
    setQuality(quality) {
      choice.setQuality(quality);
      dispatch('choose');
    },
    quality: choice.quality,
    setAudioTrack(track) {
      choice.setAudioTrack(track);
      dispatch('choose');
    },
    audioTrack: choice.audioTrack,
    changePeer: () => showing?.link?.changePeer(),
    isConnected: () => state === 'playing',
    release: () => dispatch('release'),
    screen: {
      paused: () => showing?.report?.paused(),
      playing: () => showing?.report?.playing(),
      finished: () => dispatch('finished'),
      resumed: () => dispatch('resume'),
      unreadable: () =>
        dispatch('unreadable', {
          error: new Error('The film could not be read.'),
          failure: { kind: 'unreadable', reason: 'The film could not be read.' },
        }),
      undecodable: (reason) => refuse({ kind: 'undecodable', reason }),
      failed: fail,
    },
  };
}
