/** When someone may watch each day, by the clocks of a time zone. */
export interface WatchHours {
  /** HH:MM. */
  from: string;
  /** HH:MM, of the next day where it is not after {@link WatchHours.from}. */
  until: string;
  /** An IANA name. */
  timeZone: string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Whether someone may watch at a moment, and until when: in milliseconds since 1970. */
export type Watching = { allowed: true; until: number } | { allowed: false };

/** Clocks decide, also where they are put forward or back: a time that comes twice counts twice. */
export function watchingAt(hours: WatchHours, at: number): Watching {
  const [from, until] = [timeOf(hours.from), timeOf(hours.until)];
  const clock = clockOf(hours.timeZone);
  const isAllowed = (moment: number) => {
    const time = timeOfDay(moment + clock(moment));
    return from < until ? time >= from && time < until : time >= from || time < until;
  };
  if (!isAllowed(at)) return { allowed: false };
  let moment = at;
  for (;;) {
    const offset = clock(moment);
    const end = moment + ((until - timeOfDay(moment + offset) + DAY_MS) % DAY_MS || DAY_MS);
    if (clock(end) === offset) return { allowed: true, until: end };
    // Clocks are changed before that, or then.
    const change = firstOther(clock, moment, end);
    if (!isAllowed(change)) return { allowed: true, until: change };
    moment = change;
  }
}

/** Null for a name that is none. */
export function timeZoneOf(name: string): string | null {
  // Node takes offsets, too; those have no summer time.
  if (name.length > 64 || !/^[A-Za-z]/.test(name)) return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

function timeOf(text: string): number {
  const [hour, minute] = text.split(':').map(Number) as [number, number];
  return (hour * 60 + minute) * MINUTE_MS;
}

const timeOfDay = (local: number) => ((local % DAY_MS) + DAY_MS) % DAY_MS;

type Clock = (at: number) => number;

/** Made once: a format takes longer to make than all that is done with it. */
const clocks = new Map<string, Clock>();
const MAX_CLOCKS = 1_000;

/** How far the clocks of a time zone are ahead of UTC, in milliseconds. */
function clockOf(timeZone: string): Clock {
  const known = clocks.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const clock: Clock = (at) => {
    const parts = Object.fromEntries(
      format.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000;
  };
  if (clocks.size < MAX_CLOCKS) clocks.set(timeZone, clock);
  return clock;
}

/** The first moment after `begin`, and up to `end`, when the clocks are another way ahead than at `begin`. */
function firstOther(clock: Clock, begin: number, end: number): number {
  const offset = clock(begin);
  let [same, other] = [begin, end];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (clock(middle) === offset) same = middle;
    else other = middle;
  }
  return other;
}
