/** `1:02:03,4`, `02:03.456`, `-00:00:01,000`, `00:00:01` in seconds; digits beyond milliseconds are let be. */
export const TIME = String.raw`(-?)\s*(?:(\d{1,6}):)?(\d{1,3}):(\d{1,2})(?:\s*[.,:;]\s*(\d{1,9}))?`;
/** A line of two times is never as long; patterns are tried on shorter ones alone. */
export const MAX_TIMING_LENGTH = 300;
/** Groups of {@link TIME}. */
export const TIME_GROUPS = 5;

/** The time in the groups of a match of {@link TIME}, from `first` on. */
export function secondsOf(groups: readonly (string | undefined)[], first: number): number {
  const [sign, hours = '0', minutes = '0', seconds = '0', fraction = ''] = groups.slice(
    first,
    first + TIME_GROUPS,
  );
  const whole = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  // "1:02,5" is half a second in some files and five milliseconds in none.
  const value = whole + (fraction === '' ? 0 : Number(`0.${fraction}`));
  return sign === '-' ? -value : value;
}
