/** Marks on one letter, or joiners beside them; more would cover the lines around it. */
const MARKS_IN_A_ROW = 4;
const STACK = new RegExp(`([\\p{M}\\u200c\\u200d]{${MARKS_IN_A_ROW}})[\\p{M}\\u200c\\u200d]+`, 'gu');
/** Joins letters, in Persian and the scripts of India, and the parts of an emoji. */
const JOINER = String.raw`(?<=[\p{L}\p{M}\p{Emoji}])[\u200c\u200d](?=[\p{L}\p{Emoji}])`;
/** Chooses between the forms of an emoji or sign. */
const SELECTOR = String.raw`(?<=[\p{Emoji}\p{S}])[\ufe0e\ufe0f]`;
const UNSEEN = String.raw`[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\ufff9-\ufffb]`;
const KEPT_OR_UNSEEN = new RegExp(`(${JOINER}|${SELECTOR})|${UNSEEN}`, 'gu');
const SOMETHING = /[^\p{Z}\p{M}\p{C}]|[\p{Co}\p{Cn}]/u;

/**
 * Text of a stranger, made fit to store and show on one line: well-formed Unicode without what is not seen, which could make
 * one name look like another, or change the direction of what stands beside it. Empty where nothing can be seen.
 */
export function visibleText(text: string): string {
  const shown = text
    .toWellFormed()
    // U+2800 is the blank of Braille.
    .replace(/[\p{Cc}\s\u2800]+/gu, ' ')
    .replace(KEPT_OR_UNSEEN, '$1')
    .normalize('NFC')
    .replace(STACK, '$1')
    .replace(/ {2,}/g, ' ')
    .trim();
  return SOMETHING.test(shown) ? shown : '';
}
