/** A container this peer opens, and how FFmpeg calls its demuxer. */
export interface Container {
  /** As it is shown: `mp4`, `matroska`, …. */
  name: string;
  demuxer: string;
}

/** Bytes at the beginning of a file that tell its container. */
export const HEAD_BYTES = 4_096;

const BOXES = new Set(['ftyp', 'styp', 'moov', 'moof', 'mdat', 'free', 'skip', 'wide', 'pnot', 'sidx']);
const ASF = Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex');
/** Lengths of transport packets: plain, with a time code (Blu-ray, camcorders), with error correction. */
const PACKETS = [188, 192, 204];
/** Packets that must follow each other; a file that ends before has fewer. */
const MIN_PACKETS = 5;

type Test = (head: Buffer) => boolean;

const begins =
  (text: string | Buffer, at = 0): Test =>
  (head) => {
    const bytes = Buffer.from(text as string, 'latin1');
    return head.subarray(at, at + bytes.length).equals(bytes);
  };
const riff =
  (...kinds: string[]): Test =>
  (head) =>
    /^(RIFF|RF64)$/.test(head.toString('latin1', 0, 4)) && kinds.includes(head.toString('latin1', 8, 12));

/**
 * Every container a peer opens. What merely names other files (HLS, DASH, playlists, FFmpeg's concat scripts, SDP) is
 * not among them, and must never be.
 */
const CONTAINERS: readonly (Container & { is: Test })[] = [
  {
    name: 'mp4',
    demuxer: 'mov',
    is: (head) => BOXES.has(head.toString('latin1', 4, 8)) && head.readUInt8(0) <= 1,
  },
  { name: 'matroska', demuxer: 'matroska', is: begins('\x1a\x45\xdf\xa3') },
  { name: 'avi', demuxer: 'avi', is: riff('AVI ', 'AVIX', 'AVI\x19', 'AMV ') },
  { name: 'wav', demuxer: 'wav', is: riff('WAVE') },
  { name: 'ogg', demuxer: 'ogg', is: begins('OggS') },
  { name: 'asf', demuxer: 'asf', is: begins(ASF) },
  { name: 'flv', demuxer: 'flv', is: begins('FLV\x01') },
  { name: 'mpeg', demuxer: 'mpeg', is: begins('\x00\x00\x01\xba') },
  { name: 'mpegvideo', demuxer: 'mpegvideo', is: begins('\x00\x00\x01\xb3') },
  { name: 'flac', demuxer: 'flac', is: begins('fLaC') },
  { name: 'mpegts', demuxer: 'mpegts', is: isTransportStream },
  { name: 'mp3', demuxer: 'mp3', is: (head) => begins('ID3')(head) || isAudioFrame(head) },
  { name: 'aac', demuxer: 'aac', is: (head) => head[0] === 0xff && (head[1]! & 0xf6) === 0xf0 },
];

/** The container a file's first bytes are of; null for one this peer does not open, whatever the file is called. */
export function sniffContainer(bytes: Uint8Array): Container | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (head.length < 12) return null;
  const found = CONTAINERS.find(({ is }) => is(head));
  return found ? { name: found.name, demuxer: found.demuxer } : null;
}

/**
 * Whether a text that is no container names other files, as playlists, manifests and scripts do. Only for what is shared without
 * being looked into: what is opened must be of a container of the list.
 */
export function namesOtherFiles(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString('latin1');
  return /^[\s\xef\xbb\xbf]*(?:#EXTM3U|ffconcat|\[playlist\]|<\?xml|<MPD|<SMIL|<ASX|v=0\s)|:\/\/|^file\s/im.test(
    text,
  );
}

/** A recording may begin in the middle of a packet. */
function isTransportStream(head: Buffer): boolean {
  return PACKETS.some((length) => {
    for (let start = 0; start < length && start < head.length; start += 1) {
      let count = 0;
      for (let at = start; at < head.length && head[at] === 0x47; at += length) count += 1;
      const whole = Math.ceil((head.length - start) / length);
      if (count === whole && count >= Math.min(MIN_PACKETS, 2)) return true;
      if (count >= MIN_PACKETS) return true;
    }
    return false;
  });
}

/** Whether it begins with the header of an MPEG audio frame (ISO 11172-3). */
function isAudioFrame(head: Buffer): boolean {
  const bits = head.readUInt32BE(0);
  const [version, layer, rate, frequency] = [
    (bits >>> 19) & 3,
    (bits >>> 17) & 3,
    (bits >>> 12) & 15,
    (bits >>> 10) & 3,
  ];
  return (
    bits >>> 21 === 0x7ff && version !== 1 && layer !== 0 && rate !== 0 && rate !== 15 && frequency !== 3
  );
}
