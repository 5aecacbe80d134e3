import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Releases after which a collection is asked for; with connections these are some 32 threads and 64 descriptors. */
const RELEASES_PER_COLLECTION = 8;

type Collect = (options: { type: 'major'; execution: 'async' }) => Promise<void>;

/**
 * To be told each time a native object has been let go of that only its finalizer frees. It weighs nothing in V8's eyes, so
 * that hundreds would wait for a collection the heap has no need of; this asks for one now and then.
 */
export function createReclaimer(collect: Collect = findCollector()): () => void {
  let released = 0;
  return () => {
    released += 1;
    if (released < RELEASES_PER_COLLECTION) return;
    released = 0;
    void collect({ type: 'major', execution: 'async' });
  };
}

/** V8's `gc`, which it shows to contexts made after the flag is set. */
function findCollector(): Collect {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}
