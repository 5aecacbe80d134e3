import { failureOf, type PlayerFailure } from '@giggityflix/player';

export { PlayerError, type PlayerFailure } from '@giggityflix/player';
export { failureOf };

/** What is known of the bytes a video element was given. */
export interface SourceState {
  /** Whether it has been given any. */
  isRead(): boolean;
  /** Why the last bytes it asked for could not be had; null when they could. */
  readError(): Error | null;
}

/**
 * What an error of a video element means. A film whose first bytes never came looks to the element like one it cannot decode, so
 * its word counts for bytes it was given alone.
 */
export function failureOfElement(
  { code, message }: Pick<MediaError, 'code' | 'message'>,
  source: SourceState,
): PlayerFailure {
  const readError = source.readError();
  switch (code) {
    case 3: // MEDIA_ERR_DECODE
      return { kind: 'undecodable', reason: message };
    case 4: // MEDIA_ERR_SRC_NOT_SUPPORTED
      if (readError) return { kind: 'unreadable', reason: readError.message };
      if (source.isRead()) return { kind: 'undecodable', reason: message };
      return { kind: 'unreadable', reason: 'nothing of the film could be read' };
    case 1: // MEDIA_ERR_ABORTED
      return { kind: 'internal', reason: message || 'the browser was asked for another film' };
    default: // MEDIA_ERR_NETWORK
      return { kind: 'unreadable', reason: readError?.message ?? 'the film could not be read' };
  }
}

/** A failure in words for the viewer. */
export function failureText(failure: PlayerFailure): string {
  switch (failure.kind) {
    case 'undecodable':
      return `This browser cannot decode the film: ${failure.reason}`;
    case 'unsupported':
      return `The machine it comes from cannot convert the film: ${failure.reason}`;
    case 'refused':
      return `The machine it comes from does not send the film on: ${failure.reason}`;
    case 'unreadable':
      return 'The film could not be read: the connection to the machines that have it was lost.';
    case 'full':
      return 'This device has no memory left for the film. Close other pages, or choose a smaller picture.';
    case 'stuck':
      return 'The film has come, and the browser does not play it. Another quality may do.';
    case 'internal':
      return `The player failed: ${failure.reason}`;
  }
}
