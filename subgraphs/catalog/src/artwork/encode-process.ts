/** The program of the process that decodes pictures: answers each message of its parent with the picture written anew. */
import { encodePicture } from './encode.ts';
import { endAboveMemory, MAX_MEMORY_BYTES } from './memory-bound.ts';

endAboveMemory(MAX_MEMORY_BYTES);

process.on('message', async (received: Uint8Array) => {
  process.send?.(await encodePicture(received));
});
// The parent is gone, or needs no more pictures.
process.on('disconnect', () => process.exit());
