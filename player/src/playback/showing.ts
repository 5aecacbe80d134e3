import type { PeerConnection } from '../connection/connection.ts';
import { createLink, type Link, type LinkStatus } from '../connection/link.ts';
import { startSession } from '../connection/starting.ts';
import type { Platform } from '../ports/platform.ts';
import { reportSession, type SessionReporter } from '../session/session.ts';
import type { FilmForm } from './choice.ts';
import type { PlayerFailure } from './failure.ts';

/** A form of the film in the element. */
export interface Attachment {
  /** From where on the film is missing, in seconds; null for the original, which is read from any place. */
  place(): number | null;
  detach(): void;
}

/** What shows the film: a video element, or whatever a platform has in its place. */
export interface Screen {
  /** The place being watched, in seconds; null while the element holds nothing of the film. */
  position(): number | null;
  /** Whether the film goes on by itself after a change of form. */
  isToPlay(): boolean;
  pause(): void;
  /**
   * Leads the bytes of a form into the element; null when `isWanted` has become false meanwhile. Rejects when the element
   * cannot take them, or the peer refuses them.
   */
  attach(options: AttachOptions): Promise<Attachment | null>;
  /** Begins to play. A platform may want a key pressed before it plays sound: that is no failure. */
  play(): Promise<void>;
}

export interface AttachOptions {
  link: Link;
  form: FilmForm;
  startSeconds: number;
  /** The link has just been opened for this form and place. */
  isOpen: boolean;
  isWanted(): boolean;
  /** The form does not play on, found out after it was attached. */
  onFailure(failure: PlayerFailure): void;
}

/** One session of a playback: its link to peers and what is attached of it. Everything it reports ends with `close`. */
export interface Showing {
  readonly link: Link | null;
  readonly report: SessionReporter | null;
  /** Where the film goes on: the place in the element, or the one it is to begin at. */
  position(): number;
  /** Creates the session and the link and attaches the form. Rejects when one of them fails. */
  start(): Promise<void>;
  /** Attaches another form over the same link. Rejects when the peer refuses it. */
  switchForm(): Promise<void>;
  close(): void;
}

export function createShowing(options: {
  platform: Platform;
  screen: Screen;
  catalogId: string;
  deviceId: string;
  profileId?: string | undefined;
  startSeconds: number;
  /** The form wanted now. */
  form(): FilmForm;
  onAttach(): void;
  onStatus(status: LinkStatus): void;
  onOpened(connection: PeerConnection): void;
  onSessionEnded(status: string): void;
  onFailure(failure: PlayerFailure): void;
}): Showing {
  const { platform, screen, catalogId, form } = options;
  let { startSeconds } = options;
  let link: Link | null = null;
  let report: SessionReporter | null = null;
  let attachment: Attachment | null = null;
  /** Identifies the form being attached; null once closed. */
  let current: symbol | null = Symbol();

  const detach = (next: symbol | null) => {
    current = next;
    attachment?.detach();
    attachment = null;
  };
  const attach = async (from: Link, { isOpen, play }: { isOpen: boolean; play: boolean }) => {
    const mine = current;
    const isWanted = () => current !== null && current === mine;
    options.onAttach();
    try {
      const attached = await screen.attach({
        link: from,
        form: form(),
        startSeconds,
        isOpen,
        isWanted,
        onFailure: (failure) => isWanted() && options.onFailure(failure),
      });
      if (!isWanted()) return attached?.detach();
      attachment = attached;
      if (play) await screen.play();
    } catch (error) {
      // The failure of a form that another one has replaced concerns nobody.
      if (isWanted()) throw error;
    }
  };

  return {
    get link() {
      return link;
    },
    get report() {
      return report;
    },
    position: () => screen.position() ?? startSeconds,
    async start() {
      const { graphql, timers } = platform;
      const { deviceId, profileId } = options;
      const { created, offering } = await startSession(platform, { catalogId, deviceId, profileId });
      const reporter = reportSession({
        graphql,
        timers,
        sessionId: created.session.id,
        position: () => screen.position() ?? startSeconds,
        onToken: (token) => link?.renewToken(token),
        onEnded: options.onSessionEnded,
      });
      if (current === null) {
        offering?.discard();
        return void reporter.stop();
      }
      report = reporter;
      link = createLink({
        platform,
        catalogId,
        created,
        offering,
        form: () => ({
          ...form(),
          startSeconds: form().rendition === 'original' ? 0 : (attachment?.place() ?? startSeconds),
        }),
        onStatus: (status) => current !== null && options.onStatus(status),
        onOpened: (connection) => current !== null && options.onOpened(connection),
      });
      await attach(link, { isOpen: true, play: true });
    },
    async switchForm() {
      if (!link) return;
      const play = screen.isToPlay();
      startSeconds = screen.position() ?? startSeconds;
      detach(Symbol());
      await attach(link, { isOpen: false, play });
    },
    close() {
      detach(null);
      void report?.stop();
      link?.close();
      link = null;
      report = null;
    },
  };
}
