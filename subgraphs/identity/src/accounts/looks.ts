import { createHash } from 'node:crypto';

/**
 * What a login looks like, as it is typed, in small letters and in capitals (UTS #39): logins that share one of these are taken
 * for each other where people read them. As hashes, as some letters look like many.
 */
export async function loginLooks(login: string): Promise<string[]> {
  // 6,000 characters and what they look like: of sign-ups alone.
  const { default: unhomoglyph } = await import('unhomoglyph');
  const forms = [login.normalize('NFC'), login.normalize('NFKC')];
  const texts = forms.flatMap((text) => [text, text.toLowerCase(), text.toUpperCase()]);
  const lookOf = (text: string) =>
    unhomoglyph(text.normalize('NFD')).normalize('NFD').replace(/\s+/g, ' ').trim();
  // Beside small letters a capital i is read as one of them: PayPaI is paypal. Among capitals alone it is what it is.
  const read = forms
    .filter((text) => text !== text.toUpperCase())
    .map((text) => lookOf(lookOf(text).toLowerCase()));
  const looks = [...texts.map(lookOf), ...read];
  return [...new Set(looks)].map((look) => createHash('sha256').update(look).digest('base64url'));
}
