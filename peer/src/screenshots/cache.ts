import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Pictures on disk, the least recently used removed beyond a size. Losing them costs nothing but time. */
export interface PictureCache {
  get(key: string): Promise<Buffer | null>;
  put(key: string, data: Buffer): Promise<void>;
}

export function createPictureCache(config: { dir: string; maxBytes: number }): PictureCache {
  const path = (key: string) => join(config.dir, `${key}.jpg`);

  async function evict(): Promise<void> {
    const names = (await readdir(config.dir)).filter((name) => name.endsWith('.jpg'));
    const entries = await Promise.all(
      names.map(async (name) => {
        const stats = await stat(join(config.dir, name)).catch(() => null);
        return { name, size: stats?.size ?? 0, usedAt: stats?.mtimeMs ?? 0 };
      }),
    );
    let total = entries.reduce((sum, entry) => sum + entry.size, 0);
    for (const entry of entries.sort((a, b) => a.usedAt - b.usedAt)) {
      if (total <= config.maxBytes) break;
      await rm(join(config.dir, entry.name), { force: true });
      total -= entry.size;
    }
  }

  return {
    async get(key) {
      const data = await readFile(path(key)).catch(() => null);
      if (data) await utimes(path(key), new Date(), new Date()).catch(() => {});
      return data;
    },
    async put(key, data) {
      if (data.length > config.maxBytes) return;
      await mkdir(config.dir, { recursive: true, mode: 0o700 });
      const temporary = join(config.dir, `${key}.${process.pid}.tmp`);
      await writeFile(temporary, data, { mode: 0o600 });
      await rename(temporary, path(key));
      await evict();
    },
  };
}
