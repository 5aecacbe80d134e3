const RATE = 11_025;

/** Some seconds of sound that only a seed decides: notes of several tones, half a second each; the same for the same seed. */
export function sound(seed: number, seconds: number): Float32Array {
  const samples = new Float32Array(Math.round(seconds * RATE));
  let state = seed * 2_654_435_761 + 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const note = RATE / 2;
  for (let start = 0; start < samples.length; start += note) {
    const tones = Array.from({ length: 4 }, () => 110 * 2 ** (random() * 4));
    for (let at = Math.ceil(start); at < Math.min(samples.length, start + note); at += 1)
      for (const tone of tones) samples[at]! += 0.15 * Math.sin((2 * Math.PI * tone * at) / RATE);
  }
  return samples;
}

/** A WAV file of parts after each other. */
export function wav(...parts: readonly Float32Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const file = Buffer.alloc(44 + 2 * length);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + 2 * length, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(2 * RATE, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(2 * length, 40);
  let at = 44;
  for (const part of parts)
    for (const sample of part) {
      file.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), at);
      at += 2;
    }
  return file;
}
