import { parentPort } from 'node:worker_threads';
import { detect } from 'jschardet';

export interface DetectRequest {
  id: number;
  bytes: Uint8Array;
  /** Labels of the Encoding Standard. */
  encodings: readonly string[];
}

export interface DetectReply {
  id: number;
  encoding: string | null;
}

/** The detector's names of encodings where the Encoding Standard has another. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  shift_jis: ['cp932', 'shift_jis'],
  'euc-kr': ['cp949', 'euc-kr'],
  'windows-874': ['tis-620'],
};
const namesOf = (label: string) => NAMES[label] ?? [label];

parentPort!.on('message', ({ id, bytes, encodings }: DetectRequest) => {
  parentPort!.postMessage({ id, encoding: detected(bytes, encodings) } satisfies DetectReply);
});

function detected(bytes: Uint8Array, encodings: readonly string[]): string | null {
  try {
    const found = detect(bytes, { detectEncodings: encodings.flatMap(namesOf) }).encoding?.toLowerCase();
    return encodings.find((label) => found !== undefined && namesOf(label).includes(found)) ?? null;
  } catch {
    return null;
  }
}
