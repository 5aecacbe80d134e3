/** Scripts that put no spaces between words, where any part of the name may be the word. */
const UNSPACED = /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Khmr}\p{sc=Laoo}\p{sc=Mymr}]/u;

export const isUnspaced = (word: string): boolean => UNSPACED.test(word);
