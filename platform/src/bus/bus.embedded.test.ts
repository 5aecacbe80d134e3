import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busCompliance } from './bus.compliance.ts';
import { createEmbeddedStore } from './embedded-store.ts';

busCompliance(
  'the embedded bus',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'giggityflix-bus-'));
    const path = join(directory, 'bus.sqlite');
    return {
      config: { kind: 'embedded', path },
      async appendRaw(topic, key, value) {
        const store = createEmbeddedStore(path);
        store.append([{ topic, key, value, headers: {} }]);
        store.close();
      },
      close: () => rm(directory, { recursive: true, force: true }),
    };
  },
  { takeoverMs: 3_500 },
);
