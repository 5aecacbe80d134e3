interface MediaRange {
  type: string;
  /** In lower case, as `name=value`. */
  parameters: readonly string[];
  weight: number;
}

/** What an `Accept` header lists (RFC 9110, 12.5.1). */
export function rangesOf(accept: string): MediaRange[] {
  return accept
    .toLowerCase()
    .split(',')
    .map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
      return { type, parameters, weight: weightOf(parameters) };
    });
}

/** The value of a parameter, without its quotes. */
export function parameterOf(parameters: readonly string[], name: string): string | undefined {
  return parameters
    .find((parameter) => parameter.startsWith(`${name}=`))
    ?.slice(name.length + 1)
    .replace(/^"(.*)"$/, '$1');
}

function weightOf(parameters: readonly string[]): number {
  const weight = parameterOf(parameters, 'q');
  return weight === undefined ? 1 : Number(weight) || 0;
}
