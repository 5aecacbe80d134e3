import fc from 'fast-check';

/** One place where strangers' input enters. */
export interface FuzzTarget<T = unknown> {
  /** What is sent: must survive JSON, so that a counterexample can be kept as a file. */
  inputs: fc.Arbitrary<T>;
  /** Takes one input; rejects when the code under test does anything but what it may with a bad one. */
  run(input: T): Promise<void>;
  stop?(): Promise<void>;
}

/** Bytes as hexadecimal text: a sample with some of its bytes changed, cut off, or repeated, or plain noise. */
export function mutations(samples: readonly Uint8Array[], maxNoise = 1_400): fc.Arbitrary<string> {
  const mutated = fc
    .record({
      sample: fc.constantFrom(...samples.map((bytes) => Buffer.from(bytes).toString('hex'))),
      changes: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 12 }),
      cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 3 }),
      tail: fc.uint8Array({ maxLength: 32 }),
    })
    .map(({ sample, changes, cut, tail }) => {
      const bytes = Buffer.from(sample, 'hex');
      // Most of what decides is near the beginning.
      for (const [at, value] of changes)
        if (bytes.length > 0) bytes[at % (at % 2 ? bytes.length : Math.min(bytes.length, 256))] = value;
      const kept = cut === null ? bytes : bytes.subarray(0, Math.floor(bytes.length * cut));
      return Buffer.concat([kept, tail]).toString('hex');
    });
  const noise = fc.uint8Array({ maxLength: maxNoise }).map((bytes) => Buffer.from(bytes).toString('hex'));
  return fc.oneof({ arbitrary: mutated, weight: 6 }, { arbitrary: noise, weight: 1 });
}

export const fromHex = (text: string): Buffer => Buffer.from(text, 'hex');

/** A text of a format: a sample with pieces of it repeated, removed or replaced by anything. */
export function texts(samples: readonly string[]): fc.Arbitrary<string> {
  const pieces = samples.flatMap((sample) => sample.split(/(?<=[>{}"\n:,\s])/)).filter(Boolean);
  const piece = fc.oneof(
    { arbitrary: fc.constantFrom(...pieces), weight: 4 },
    { arbitrary: fc.string({ unit: 'binary', maxLength: 12 }), weight: 1 },
  );
  return fc.oneof(
    fc.constantFrom(...samples),
    fc.array(piece, { maxLength: 60 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 300 }),
  );
}

export function expectThat(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}
