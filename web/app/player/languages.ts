/** The languages the viewer's browser is set to, the best understood first, as ISO 639 codes. */
export function viewerLanguages(tags: readonly string[] = navigator.languages): string[] {
  return [...new Set(tags.flatMap((tag) => baseLanguage(tag) ?? []))];
}

/** The language of a tag without region and script, in its shortest code: "de" for "deu" and "de-AT"; null for none. */
export function baseLanguage(tag: string | null): string | null {
  if (!tag) return null;
  try {
    const { language } = new Intl.Locale(tag);
    return !language || NONE.has(language) ? null : language;
  } catch {
    return null;
  }
}

/** What a track says that has no language, several, or one that nobody has noted. */
const NONE: ReadonlySet<string> = new Set(['und', 'mul', 'zxx', 'mis']);
