import { h } from '../ui/dom.ts';
import { language } from '../ui/format.ts';

/** Languages of many films, as ISO 639 codes. */
const LANGUAGES =
  'ar bg ca cs da de el en es et fa fi fr he hi hr hu id is it ja ko lt lv ms nl no pl pt ro ru sk sl sr sv th tr uk vi zh'.split(
    ' ',
  );

/** A menu of languages, the first of which is `none`; one that was chosen elsewhere stays, and what comes after it. */
export function languageChoices(none: string, chosen: readonly string[]) {
  const [first = ''] = chosen;
  const tags = first === '' || LANGUAGES.includes(first) ? LANGUAGES : [...LANGUAGES, first];
  const options = tags
    .map((tag) => ({ tag, name: language(tag) ?? tag }))
    .sort((one, other) => one.name.localeCompare(other.name));
  const element = h(
    'select',
    {},
    h('option', { value: '' }, none),
    options.map(({ tag, name }) => h('option', { value: tag, selected: tag === first }, name)),
  );
  return {
    element,
    value(): string[] {
      if (element.value === first) return [...chosen];
      return element.value === '' ? [] : [element.value];
    },
  };
}
