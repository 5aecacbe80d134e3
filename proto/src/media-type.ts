/** The types of films, of which a peer says which one its file has; every other would be more than a film. */
const MEDIA_TYPES = new Set([
  'video/mp4',
  'video/x-m4v',
  'video/webm',
  'video/ogg',
  'video/quicktime',
  'video/x-matroska',
  'video/matroska',
  'video/mp2t',
  'video/mpeg',
  'video/x-msvideo',
  'video/x-flv',
  'video/x-ms-wmv',
  'video/x-ms-asf',
  'video/3gpp',
  'audio/mp4',
  'audio/x-m4a',
  'audio/mpeg',
  'audio/aac',
  'audio/ogg',
  'audio/webm',
  'audio/flac',
  'audio/x-flac',
  'audio/wav',
  'audio/x-wav',
  'audio/x-matroska',
]);

/**
 * The type of a film that a peer says it has, as it is repeated to others and as its bytes are answered with on our origin:
 * one of a closed list, without parameters. What is not on it is bytes, which no browser runs or shows as a page; a media
 * element finds out by itself what they are.
 */
export function mediaTypeOf(claimed: unknown): string {
  const essence = typeof claimed === 'string' ? claimed.split(';', 1)[0]!.trim().toLowerCase() : '';
  return MEDIA_TYPES.has(essence) ? essence : 'application/octet-stream';
}
