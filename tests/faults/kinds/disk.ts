import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Cluster } from '../../../stack/src/cluster/index.ts';
import { diskOf, SMALL_DISKS } from '../disks.ts';
import { type Fault, named, resourceOf, seconds } from './fault.ts';

const BLKIO = '/sys/fs/cgroup/blkio';
const WRITES_PER_SECOND = 8;
/** A process that ends leaves its group a moment after that. */
const EMPTY_ATTEMPTS = 50;
const EMPTY_PAUSE_MS = 100;

/** Some process's writes are let through to the disk a few a second, so that every fsync waits (cgroup v1, blkio). */
export const slowDisk: Fault = {
  name: 'slow disk',
  targets: (cluster) => named(cluster, ['postgres', 'redis', 'kafka', 'peer']),
  resources: resourceOf,
  lastsMs: seconds(10, 30),
  async missing({ cluster }) {
    const problem = 'the disk cannot be slowed down here: needs root and the blkio controller of cgroup v1';
    if (!existsSync(join(BLKIO, 'blkio.throttle.write_iops_device'))) return problem;
    try {
      const group = makeGroup(cluster, 'probe');
      rmdirSync(group);
      return null;
    } catch {
      return problem;
    }
  },
  async inject({ cluster }, target) {
    const group = makeGroup(cluster, target);
    const root = cluster.process(target).pid;
    const before = root === null ? '/' : groupOf(root);
    const pids = root === null ? [] : tree(root);
    for (const pid of pids) move(pid, group);
    return {
      what: `the disk lets ${WRITES_PER_SECOND} writes a second of ${target} through`,
      async heal() {
        // With what it has forked since, and forks while it is moved.
        await empty(group, join(BLKIO, before));
      },
    };
  },
};

function makeGroup(cluster: Cluster, name: string): string {
  const device = statSync(cluster.directory).dev;
  const [major, minor] = [(device >> 8) & 0xfff, (device & 0xff) | ((device >> 12) & 0xfff00)];
  const group = join(BLKIO, `giggityflix-faults-${process.pid}-${name}`);
  mkdirSync(group, { recursive: true });
  // The limit is for the whole disk, of which the file system may be a partition.
  try {
    writeFileSync(join(group, 'blkio.throttle.write_iops_device'), `${major}:${minor} ${WRITES_PER_SECOND}`);
  } catch (error) {
    rmdirSync(group);
    throw error;
  }
  return group;
}

function move(pid: number, group: string): void {
  try {
    writeFileSync(join(group, 'cgroup.procs'), String(pid));
  } catch {
    // It has ended.
  }
}

/** Moves what is in a group to another one, and removes the group. */
async function empty(group: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    for (const pid of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
      move(Number(pid), to);
    try {
      return rmdirSync(group);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || attempt === EMPTY_ATTEMPTS) throw error;
      await sleep(EMPTY_PAUSE_MS);
    }
  }
}

function groupOf(pid: number): string {
  const line = readFileSync(`/proc/${pid}/cgroup`, 'utf8')
    .split('\n')
    .find((text) => text.split(':')[1]?.split(',').includes('blkio'));
  return line?.split(':')[2] ?? '/';
}

/** A process and all that came of it. */
function tree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = Number(readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    } catch {
      // It has ended.
    }
  }
  const all = [root];
  for (const pid of all) all.push(...(children.get(pid) ?? []));
  return all;
}

const FILLER = 'filler';
const REWRITE_LOOKS = 300;
const REWRITE_PAUSE_MS = 200;
const CHUNK = Buffer.alloc(1_048_576);

/** The disk of a process has no byte left. A replica of Redis ends itself then, unless told to go on (`replica-ignore-disk-write-errors`). */
export const fullDisk: Fault = {
  name: 'full disk',
  targets: () => SMALL_DISKS.map(({ name }) => name),
  resources: resourceOf,
  lastsMs: seconds(5, 20),
  async missing({ directory }) {
    const [disk] = SMALL_DISKS;
    const isOwn = statSync(diskOf(directory, disk!.name)).dev !== statSync(directory).dev;
    return isOwn ? null : 'small disks cannot be mounted here: needs root';
  },
  async inject({ directory, cluster, supervisor }, target) {
    const isRedis = cluster.process(target).kind === 'redis';
    const settled = isRedis ? supervisor.excuse(target) : async () => {};
    const filler = join(diskOf(directory, target), FILLER);
    fill(filler);
    return {
      what: `the disk of ${target} is full`,
      async heal() {
        rmSync(filler, { force: true });
        await settled();
        // A file that was broken meanwhile would show when it starts next.
        if (isRedis) await rewriteAppendOnlyFile(cluster.port(target));
      },
    };
  },
};

function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (let size = CHUNK.byteLength; size > 0; )
      try {
        if (writeSync(file, CHUNK, 0, size) < size) size = Math.floor(size / 2);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        size = Math.floor(size / 2);
      }
  } finally {
    closeSync(file);
  }
}

/** As docs/operating.md says of a node whose disk was full. @throws Error when it cannot. */
async function rewriteAppendOnlyFile(port: number): Promise<void> {
  const redis = new Redis({ host: '127.0.0.1', port });
  redis.on('error', () => {});
  try {
    let isAsked = false;
    for (let look = 1; ; look += 1) {
      // Refused while it writes one for another reason.
      isAsked ||= await redis.bgrewriteaof().then(
        () => true,
        () => false,
      );
      const info = await redis.info('persistence');
      const isOver = /aof_rewrite_in_progress:0/.test(info) && /aof_rewrite_scheduled:0/.test(info);
      if (isAsked && isOver && /aof_last_bgrewrite_status:ok/.test(info)) return;
      if (look === REWRITE_LOOKS) throw new Error(`the append-only file is not rewritten:\n${info}`);
      await sleep(REWRITE_PAUSE_MS);
    }
  } finally {
    redis.disconnect();
  }
}
