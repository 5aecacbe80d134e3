import { PIECE_SIZE } from '@giggityflix/proto/data-channel';

/** Sources of one film: beyond this another one costs the peers more than it gives. The server may allow fewer. */
export const MAX_SOURCES = 6;
/** Pieces ahead of all reads together, on their way or verified and not taken: 16 MiB. */
export const WINDOW_PIECES = 64;
/** Verified pieces kept, those ahead of reads among them: 32 MiB. More than the window, so that nothing of it is dropped. */
export const CACHED_PIECES = 128;
/** Pieces fetched beyond the end of a read that has been taken whole: players ask for a film range by range. */
export const TRAIL_PIECES = 16;
/** How long they are worth fetching without another read. */
export const TRAIL_MS = 3_000;

/** Outstanding pieces of one source at the least: one on its way, one behind it. */
export const MIN_SOURCE_PIECES = 2;
/** And at the most: the 8 MiB that the channel's window may grow to. */
export const MAX_SOURCE_PIECES = 8_388_608 / PIECE_SIZE;
/** Pieces in one request: a fast peer would otherwise get more messages a second than it takes. */
export const MAX_RUN_PIECES = 4;
/** Requests open at one source; a peer takes 16, of which subtitles need some. */
export const MAX_RUNS = 12;
/** What is asked for beyond the bandwidth-delay product, so that the line does not run dry between two looks. */
export const SLACK_MS = 150;

/** The moving average of a source's rate forgets with this time constant. */
export const RATE_TIME_MS = 1_000;
/** Shortest time over which a rate is measured. */
export const RATE_SAMPLE_MS = 50;
/** A source that is asked for nothing is taken to be twice as fast after so long, until it is asked for something again. */
export const PROBE_MS = 3_000;
/** What the delay of a source is taken for until it is known. */
export const ASSUMED_LATENCY_MS = 100;
export const MAX_LATENCY_MS = 2_000;

/**
 * A source from which nothing comes for so many times as long as a piece takes, within the bounds, gets no more requests and
 * gives back all but its oldest one.
 */
export const SUSPECT_FACTOR = 3;
export const SUSPECT_MIN_MS = 250;
export const SUSPECT_MAX_MS = 1_500;
/** After so long it is left. The lower bound is longer than a lost packet is repeated after (SCTP: 1 s, then 2 s). */
export const STALL_FACTOR = 10;
export const STALL_MIN_MS = 4_000;
export const STALL_MAX_MS = 12_000;

/** A source whose rate is below this share of the best one's is left while the film is short, */
export const SLOW_SHARE = 0.1;
/** once it has been measured for so long. */
export const SLOW_AFTER_MS = 3_000;

/** Duplicated requests: so many at first, and one more for each so many pieces that came. */
export const FREE_DUPLICATES = 4;
export const PIECES_PER_DUPLICATE = 20;
/** A piece for which its source takes so many times as long as for all it may have outstanding does not come any more. */
export const LATE_FACTOR = 2;

/** Another source is asked for while all together give less than this multiple of what the film needs, */
export const GROW_MULTIPLE = 1.5;
/** or while reads wait for more than this share of the time. */
export const STARVED_SHARE = 0.5;
/** Time between two changes of the number of sources. */
export const CHANGE_MS = 3_000;
/** A source is left while the others give more than this multiple of what the film needs, and have for so long. */
export const SHRINK_MULTIPLE = 3;
export const SHRINK_AFTER_MS = 15_000;

/** How often the scheduler looks at the time. */
export const TICK_MS = 100;

/** A slot without a peer asks for one again after the first of these, doubled up to the last, half as much more or less. */
export const SLOT_FIRST_WAIT_MS = 2_000;
export const SLOT_MAX_WAIT_MS = 60_000;
/** After a peer that was open and went. */
export const SLOT_LOST_WAIT_MS = 300;
