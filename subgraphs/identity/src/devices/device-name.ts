// cspell:ignore Tizen BRAVIA
const SYSTEMS: readonly [RegExp, string][] = [
  [/SMART-TV|SmartTV|Tizen|Web0S|webOS|BRAVIA|AFT[A-Z]|GoogleTV|CrKey|Roku/i, 'a TV'],
  [/iPad/, 'iPad'],
  [/iPhone/, 'iPhone'],
  [/Android/, 'Android'],
  [/CrOS/, 'ChromeOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux/, 'Linux'],
];
const PROGRAMS: readonly [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

/** What a `User-Agent` header says in words, such as "Firefox on Android"; anyone may write there what they like. */
export function deviceName(userAgent: string | undefined): string {
  const said = (userAgent ?? '').slice(0, 500);
  const system = SYSTEMS.find(([pattern]) => pattern.test(said))?.[1];
  const program = PROGRAMS.find(([pattern]) => pattern.test(said))?.[1];
  if (system) return program ? `${program} on ${system}` : `A program on ${system}`;
  return program ?? 'A program';
}
