import { availableParallelism } from 'node:os';
import { MAX_UNPACKED_SUBTITLE_BYTES } from '@giggityflix/proto/data-channel';

/** What a program may use before it is killed. */
export interface ProcessLimits {
  /** From its start to its end. */
  wallMs: number;
  /** Of all its threads together. */
  cpuSeconds: number;
  memoryBytes: number;
  outputBytes: number;
}

const GIB = 1_024 ** 3;
const MIB = 1_024 ** 2;
/** Address space that each thread of a decoder reserves for its stack and its heap. */
const THREAD_BYTES = 160 * MIB;

/** Address space: what a program needs itself, and what its threads reserve without using it. */
const memory = (gibibytes: number) => gibibytes * GIB + availableParallelism() * THREAD_BYTES;

/** A damaged file can keep ffprobe searching. */
export const PROBE_LIMITS: ProcessLimits = {
  wallMs: 20_000,
  cpuSeconds: 20,
  memoryBytes: memory(1),
  outputBytes: 4 * MIB,
};
/** One frame of a film on a slow disk takes a second or two. */
export const PICTURE_LIMITS: ProcessLimits = {
  wallMs: 30_000,
  cpuSeconds: 60,
  memoryBytes: memory(2),
  /** What the edge takes as artwork. */
  outputBytes: 384 * 1_024,
};
/** A subtitle track is spread over all of its film: a large file on a slow disk takes minutes to read. */
export const SUBTITLE_LIMITS: ProcessLimits = {
  wallMs: 180_000,
  cpuSeconds: 180,
  memoryBytes: memory(1),
  /** What is kept of it is less: text is cut at 8 MiB, pictures are packed as they come. */
  outputBytes: MAX_UNPACKED_SUBTITLE_BYTES,
};
/** Ten minutes of sound are decoded in a second or two; a slow disk takes longer to read them. */
export const FINGERPRINT_LIMITS: ProcessLimits = {
  wallMs: 120_000,
  cpuSeconds: 60,
  memoryBytes: memory(1),
  outputBytes: 256 * 1_024,
};
/** A film is converted while it is watched, with pauses; nobody watches one for longer than half a day. */
export const RENDITION_LIMITS: ProcessLimits = {
  wallMs: 12 * 3_600_000,
  cpuSeconds: 48 * 3_600,
  memoryBytes: memory(4),
  outputBytes: 256 * GIB,
};
