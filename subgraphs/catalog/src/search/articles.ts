// cspell:disable: articles of many languages
/** Articles at the beginning of names, folded: they neither order what is found nor must be typed. */
const ARTICLES = new Set(
  'the a an der die das ein eine le la les un une el los las il lo gli o os as de het een en ett den det'.split(
    ' ',
  ),
);

/** A folded name without the article that it begins with; of nothing but one word that stays. */
export function withoutArticle(name: string): string {
  const end = name.indexOf(' ');
  return end > 0 && ARTICLES.has(name.slice(0, end)) ? name.slice(end + 1) : name;
}
