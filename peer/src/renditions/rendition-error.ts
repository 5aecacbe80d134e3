/** A rendition cannot be made; `message` is fit for the viewer. */
export class RenditionError extends Error {
  override readonly name = 'RenditionError';
}
