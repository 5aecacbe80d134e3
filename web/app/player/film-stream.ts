/** A film as a stream for Media Source, which begins at whatever place is wanted. */
export interface FilmStream {
  /**
   * Begins at a place, or a little before it where its next picture that can be decoded by itself is; what was open before ends.
   *
   * @throws PlayerError, ChannelError
   */
  open(seconds: number): Promise<OpenStream>;
  close(): void;
}

export interface OpenStream {
  mimeType: string;
  /** Added to the times in it. */
  startSeconds: number;
  /** From where on it has all that is shown and heard, if that is known: the film's own beginning may lack one of the two. */
  completeFrom?: number;
  /** Of the whole film; null where nobody knows. */
  durationSeconds: number | null;
  /** Whether the stream may end before the film does, as it is being made. */
  mayBreakOff: boolean;
  /** Ends where the film does. @throws PlayerError, ChannelError */
  parts(): AsyncGenerator<Uint8Array, void, void>;
  /** The peer that gives it fails again and again: another one is asked from now on. */
  abandon(): void;
}
