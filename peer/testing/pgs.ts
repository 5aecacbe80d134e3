/** A picture of subtitles that is shown for a while. */
export interface ShownPicture {
  startSeconds: number;
  endSeconds: number;
}

const WIDTH = 640;
const HEIGHT = 360;
const BOX = { x: 100, y: 280, width: 200, height: 40 };
const bytes = {
  word: (value: number) => [value >> 8, value & 255],
  long: (value: number) => [(value >>> 24) & 255, (value >> 16) & 255, (value >> 8) & 255, value & 255],
};

/** The subtitles of a Blu-ray disc (`.sup`): one white box for each, of 200 by 40 pixels of 640 by 360. */
export function pgsFile(shown: readonly ShownPicture[]): Buffer {
  const { word } = bytes;
  const parts: Buffer[] = [];
  let number = 0;
  const segment = (seconds: number, type: number, body: readonly number[]) => {
    const time = bytes.long(seconds * 90_000);
    parts.push(Buffer.from([0x50, 0x47, ...time, ...time, type, ...word(body.length), ...body]));
  };
  const box = [...word(BOX.x), ...word(BOX.y)];
  const window = [1, 0, ...box, ...word(BOX.width), ...word(BOX.height)];
  // Each line is one run of colour 1.
  const line = [0, 0xc0 | (BOX.width >> 8), BOX.width & 255, 1, 0, 0];
  const picture = Array.from({ length: BOX.height }, () => line).flat();
  for (const { startSeconds, endSeconds } of shown) {
    const head = (state: number, count: number) => [
      ...[...word(WIDTH), ...word(HEIGHT), 0x10, ...word(number++), state, 0, 0, count],
    ];
    segment(startSeconds, 0x16, [...head(0x80, 1), 0, 0, 0, 0, ...box]);
    segment(startSeconds, 0x17, window);
    segment(startSeconds, 0x14, [0, 0, 1, 235, 128, 128, 255]);
    const length = bytes.long(picture.length + 4).slice(1);
    segment(startSeconds, 0x15, [
      0,
      0,
      0,
      0xc0,
      ...length,
      ...word(BOX.width),
      ...word(BOX.height),
      ...picture,
    ]);
    segment(startSeconds, 0x80, []);
    segment(endSeconds, 0x16, head(0, 0));
    segment(endSeconds, 0x17, window);
    segment(endSeconds, 0x80, []);
  }
  return Buffer.concat(parts);
}
