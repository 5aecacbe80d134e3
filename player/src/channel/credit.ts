/** Flow control from the viewer's side: how much payload the peer may send. */
export interface Credit {
  /** Counts payload that came; false when it is more than was granted. */
  receive(bytes: number): boolean;
  /** Counts payload that was used or thrown away, and grants more once a quarter of the window is free. */
  consume(bytes: number): void;
  receivedBytes(): number;
}

export function createCredit(windowBytes: number, grant: (totalBytes: number) => void): Credit {
  let received = 0;
  let consumed = 0;
  let granted = 0;
  return {
    receive(bytes) {
      received += bytes;
      return received <= granted;
    },
    consume(bytes) {
      consumed += bytes;
      if (consumed + windowBytes - granted < windowBytes / 4) return;
      granted = consumed + windowBytes;
      grant(granted);
    },
    receivedBytes: () => received,
  };
}
