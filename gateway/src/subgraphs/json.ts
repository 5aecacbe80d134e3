/** Source text access and raw JSON (ECMA-262 proposal, in Node.js from 21 on), which TypeScript's library lacks. */
const { parse, rawJSON } = JSON as unknown as {
  parse(text: string, reviver: Reviver): unknown;
  rawJSON(text: string): object;
};
type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

/** A number may have more digits than JavaScript's only when there are so many characters of numbers in a row. */
const LONG_NUMBER = /[\d.]{16}/;

/**
 * Parses JSON. `lossless` keeps the digits of numbers that JavaScript's cannot hold, such as the 64-bit integers of a
 * custom scalar: those become `JSON.rawJSON`, which is written as it was read.
 */
export function parseJson(text: string, lossless: boolean): unknown {
  return lossless && LONG_NUMBER.test(text) ? parse(text, keepDigits) : JSON.parse(text);
}

const keepDigits: Reviver = (_key, value, { source }) =>
  typeof value === 'number' && source !== undefined && source.length >= 16 && String(value) !== source
    ? rawJSON(source)
    : value;
