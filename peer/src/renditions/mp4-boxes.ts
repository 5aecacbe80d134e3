export const BOX_HEADER_SIZE = 8;

/** A box of an MP4 file (ISO/IEC 14496-12). */
export interface Box {
  type: string;
  /** Where its content begins and ends. */
  from: number;
  to: number;
}

/** The boxes that lie whole between two places. */
export function* boxes(view: Buffer, from: number, to: number): Generator<Box> {
  let at = from;
  while (at + BOX_HEADER_SIZE <= to) {
    const size = view.readUInt32BE(at);
    if (size < BOX_HEADER_SIZE || at + size > to) return;
    yield { type: view.toString('latin1', at + 4, at + 8), from: at + BOX_HEADER_SIZE, to: at + size };
    at += size;
  }
}

/** The first box that a path of types leads to, within another one. */
export function findBox(view: Buffer, within: Pick<Box, 'from' | 'to'>, ...path: string[]): Box | null {
  const [type, ...rest] = path;
  for (const box of boxes(view, within.from, within.to))
    if (box.type === type) return rest.length > 0 ? findBox(view, box, ...rest) : box;
  return null;
}
