// cspell:ignore apad asetpts AVTB settb tpad
import type { PictureWork, RenditionTime } from './work.ts';

/** Nothing of a fragment leaves before it is complete: what a viewer waits for after a seek. */
const FRAGMENT_MICROSECONDS = '500000';
/** How long FFmpeg holds a track back for another that has nothing yet. */
const INTERLEAVE_MICROSECONDS = '2000000';

/**
 * How much later than the film the clock of FFmpeg's output is: what lies before the place asked for, as the key frame does, must
 * not lie before its zero.
 */
export const OUTPUT_LEAD_SECONDS = 10_000;

/** The first packet of a copied picture is presented at once, and lasts until the second. */
const HOLD_FIRST_PACKET = 'setts=pts=if(eq(N\\,0)\\,0\\,PTS):dts=if(eq(N\\,0)\\,DTS-PTS\\,DTS)';

/**
 * Encoded sound without gaps: silence stands for what the file has not. It begins at once, but beside a copied picture with the
 * key frame, wherever that is.
 */
export function evenSound(time: RenditionTime, picture: PictureWork): string {
  const isPlaceKnown = picture.kind !== 'copy' || time.seekSeconds === 0 || time.isSoundLate;
  return `${fromPlace('asetpts', time)}aresample=async=1:min_hard_comp=0.04${isPlaceKnown ? ':first_pts=0' : ''}${time.isSoundShort ? ',apad' : ''}`;
}

/** An encoded picture is presented at once, and its last frame for as long as there is sound; it begins `skippedSeconds` after the place that was looked for. */
export function holdFirstFrame(
  time: Pick<RenditionTime, 'skippedSeconds' | 'clockSeconds' | 'isPictureShort'>,
): string {
  const skipped = time.skippedSeconds.toFixed(3);
  const held = time.isPictureShort ? 'tpad=stop=-1:stop_mode=clone,' : '';
  return `${fromPlace('setpts', time)}${held}trim=start=${skipped},setpts=if(eq(N\\,0)\\,ceil(${skipped}/TB)\\,PTS)`;
}

/** Makes a clock that was kept begin at the place that was looked for. */
function fromPlace(
  filter: 'setpts' | 'asetpts',
  { clockSeconds }: Pick<RenditionTime, 'clockSeconds'>,
): string {
  // In units so small that it is no matter how they are rounded.
  const units = filter === 'setpts' ? 'settb=AVTB,' : '';
  return clockSeconds === null ? '' : `${units}${filter}=PTS-${clockSeconds.toFixed(3)}/TB,`;
}

export interface TimingArguments {
  input: string[];
  output: string[];
}

/**
 * Every track keeps its own time: fragments hold the times of their first samples (`frag_discont`), with nothing moved. FFmpeg seeks from where the film begins, and counts its output from there.
 */
export function timingArguments(time: RenditionTime, picture: PictureWork): TimingArguments {
  const [seek, skipped] = [time.seekSeconds.toFixed(3), time.skippedSeconds.toFixed(3)];
  const delay = time.isSoundInAdts ? '+delay_moov' : '';
  return {
    // Sound that is encoded beside a copied picture begins with it, at the key frame.
    input:
      Number(seek) > 0 && time.entryByte === null
        ? [
            ...(time.clockSeconds === null ? [] : ['-copyts']),
            ...['-ss', seek, ...(picture.kind === 'copy' ? ['-noaccurate_seek'] : [])],
          ]
        : [],
    output: [
      ...(time.isSoundShort || time.isPictureShort ? ['-shortest'] : []),
      ...(Number(skipped) > 0 ? ['-ss', skipped] : []),
      ...(time.isPictureLate && picture.kind === 'copy' ? ['-bsf:v', HOLD_FIRST_PACKET] : []),
      ...['-output_ts_offset', (Number(seek) + Number(skipped) + OUTPUT_LEAD_SECONDS).toFixed(3)],
      ...['-avoid_negative_ts', 'disabled', '-use_editlist', '0'],
      ...['-max_interleave_delta', INTERLEAVE_MICROSECONDS, '-frag_duration', FRAGMENT_MICROSECONDS],
      '-movflags',
      `frag_keyframe+empty_moov+default_base_moof+frag_discont${delay}`,
    ],
  };
}
