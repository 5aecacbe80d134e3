import { decodeVobSubPicture, readVobSubPackets, type VobSubPicture } from '@giggityflix/subtitles';
import type { VobSubHeader } from './loaded.ts';
import type { PictureSource } from './picture-screen.ts';

/** The pictures of a DVD. @throws Error when there are none */
export function loadVobSub(
  file: Uint8Array,
  header: VobSubHeader,
): (canvas: HTMLCanvasElement) => PictureSource {
  const { width, height, palette, stream, times } = header;
  const listed = times && new Map(times);
  const packets = readVobSubPackets(file, stream)
    .flatMap((packet) => {
      const at = listed ? listed.get(packet.position) : packet.milliseconds;
      return at === null || at === undefined ? [] : [{ at, packet }];
    })
    .sort((one, other) => one.at - other.at);
  if (packets.length === 0) throw new Error('there are no subtitles in the file');

  return (canvas) => {
    Object.assign(canvas, { width, height });
    const context = canvas.getContext('2d');
    let drawn = -1;
    let decoded: { index: number; picture: VobSubPicture | null } = { index: -1, picture: null };
    const clear = () => {
      if (drawn >= 0) context?.clearRect(0, 0, width, height);
      drawn = -1;
    };
    return {
      isStretched: true,
      draw(seconds) {
        const now = seconds * 1_000;
        const index = packets.findLastIndex(({ at }) => at <= now);
        const current = packets[index];
        if (current && decoded.index !== index)
          decoded = { index, picture: decodeVobSubPicture(current.packet) };
        const { picture } = decoded;
        if (!current || !picture || !context) return clear();
        const since = now - current.at;
        if (since < picture.startMilliseconds || since >= (picture.endMilliseconds ?? Infinity))
          return clear();
        if (drawn === index) return;
        clear();
        drawn = index;
        const image = new ImageData(picture.width, picture.height);
        const rgba = picture.colours.map(
          ({ index: colour, alpha }) => [palette[colour] ?? 0, alpha * 17] as const,
        );
        for (const [pixel, value] of picture.pixels.entries()) {
          const [colour, alpha] = rgba[value] ?? [0, 0];
          image.data.set([colour >> 16, (colour >> 8) & 255, colour & 255, alpha], pixel * 4);
        }
        context.putImageData(image, picture.x, picture.y);
      },
    };
  };
}
