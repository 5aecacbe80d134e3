import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  composeServices,
  explainStartFailure,
  notReady,
  READY,
  type Readiness,
  type Service,
  withDeadline,
} from './lifecycle.ts';

function part(name: string, log: string[], overrides: Partial<Service> = {}): Service {
  return {
    start: async () => void log.push(`start ${name}`),
    stop: async () => void log.push(`stop ${name}`),
    ready: () => READY,
    ...overrides,
  };
}
const fail = async () => {
  throw new Error('no');
};

describe('composed services', () => {
  it('start in order and stop in reverse', async () => {
    const log: string[] = [];
    const service = composeServices({ a: part('a', log), b: part('b', log) });
    await service.start();
    await service.stop();
    await service.stop();
    expect(log).toEqual(['start a', 'start b', 'stop b', 'stop a']);
  });

  it('stop what was started when one does not start', async () => {
    const log: string[] = [];
    const service = composeServices({
      a: part('a', log),
      b: part('b', log, { start: fail }),
      c: part('c', log),
    });
    await expect(service.start()).rejects.toThrow('no');
    expect(log).toEqual(['start a', 'stop a']);
  });

  it('stop all although one does not stop, and report it', async () => {
    const log: string[] = [];
    const service = composeServices({ a: part('a', log), b: part('b', log, { stop: fail }) });
    await service.start();
    await expect(service.stop()).rejects.toThrow('some parts did not stop cleanly');
    expect(log).toContain('stop a');
  });

  it('start no further once they are to stop', async () => {
    const log: string[] = [];
    let finish = () => {};
    const slow = part('slow', log, { start: () => new Promise<void>((resolve) => (finish = resolve)) });
    const service = composeServices({ a: part('a', log), slow, never: part('never', log) });
    const starting = service.start();
    await expect.poll(() => log).toEqual(['start a']);
    const outcome = expect(starting).rejects.toThrow('stopped while starting');
    await service.stop();
    finish();
    await outcome;
    expect(log).toEqual(['start a', 'stop a', 'stop slow']);
  });

  it('are ready when every part is', async () => {
    let readiness = READY;
    const service = composeServices({ a: part('a', []), b: part('b', [], { ready: () => readiness }) });
    expect(await service.ready()).toEqual(notReady('a is starting'));
    await service.start();
    expect(await service.ready()).toEqual(READY);
    readiness = notReady('the bus is unavailable') as never;
    expect(await service.ready()).toEqual({ ready: false, reason: 'the bus is unavailable' });
    await service.stop();
    expect(await service.ready()).toEqual(notReady('stopping'));
  });

  it('ask all parts at once, and name the first in order that is not ready', async () => {
    const answers: PromiseWithResolvers<void>[] = [];
    const slow = (readiness: Readiness) =>
      part('slow', [], {
        async ready() {
          const answer = Promise.withResolvers<void>();
          answers.push(answer);
          await answer.promise;
          return readiness;
        },
      });
    const service = composeServices({ a: slow(READY), b: slow(notReady('b')), c: slow(notReady('c')) });
    await service.start();
    const readiness = service.ready();
    await expect.poll(() => answers.length).toBe(3);
    for (const answer of answers.toReversed()) answer.resolve();
    expect(await readiness).toEqual(notReady('b'));
  });

  it('name together, in order, what parts serve without', async () => {
    const without = (name: string) =>
      part(name, [], { ready: async () => ({ ready: true, unavailable: [name] }) });
    const service = composeServices({ a: without('a'), b: part('b', []), c: without('c') });
    await service.start();
    expect(await service.ready()).toEqual({ ready: true, unavailable: ['a', 'c'] });
  });

  it('name the first that is not ready, although one after it fails to answer', async () => {
    const lacking = part('a', [], { ready: async () => notReady('a') });
    const service = composeServices({ lacking, failing: part('b', [], { ready: fail }) });
    await service.start();
    expect(await service.ready()).toEqual(notReady('a'));
  });

  it('name the part that is not started yet, as closely as it can', async () => {
    const stuck = part('stuck', [], { start: () => new Promise(() => {}) });
    const inner = composeServices({ quick: part('quick', []), stuck });
    const service = composeServices({ bus: part('bus', []), tracker: inner });
    void service.start();
    await expect.poll(() => service.ready()).toEqual(notReady('tracker: stuck is starting'));
  });
});

describe('a deadline', () => {
  it('passes on what settles in time', async () => {
    await expect(withDeadline(Promise.resolve(1), 1_000, 'x')).resolves.toBe(1);
    await expect(withDeadline(fail(), 1_000, 'x')).rejects.toThrow('no');
  });
  it('rejects with the name of what took too long', async () => {
    await expect(withDeadline(new Promise(() => {}), 5, 'waiting')).rejects.toThrow(
      'waiting took longer than 5 ms',
    );
  });
});

describe('the reason a process cannot start', () => {
  it.each([
    [{ code: 'EADDRINUSE', port: 4000, address: '127.0.0.1' }, 'port 4000 is already in use on 127.0.0.1'],
    [{ code: 'EACCES', path: '/data' }, 'permission denied: /data'],
    [new Error('odd'), 'odd'],
    ['text', 'text'],
  ])('is put in words', (error, words) => {
    expect(explainStartFailure(error)).toBe(words);
  });
});

describe('a process', () => {
  const run = (service: string, stdio: StdioOptions = ['ignore', 'pipe', 'inherit', 'ipc']): ChildProcess => {
    const from = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
    const program = `
      import { composeServices, runProcess } from ${from('./lifecycle.ts')};
      import { createLogger } from ${from('./logger.ts')};
      const READY = { ready: true };
      const keepAlive = setInterval(() => {}, 1000);
      process.log = createLogger({ service: 'test' });
      await runProcess(${service}, process.log, { startDeadlineMs: 2000, stopDeadlineMs: 200 });`;
    return spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: import.meta.dirname,
      stdio,
    });
  };
  const quick = '{ start: async () => {}, stop: async () => {}, ready: () => READY }';
  const stuck = '{ start: async () => {}, stop: () => new Promise(() => {}), ready: () => READY }';
  const broken =
    '{ start: async () => { throw new Error("no disk") }, stop: async () => {}, ready: () => READY }';
  const hanging = 'composeServices({ bus: { start: () => new Promise(() => {}), stop: async () => {} } })';
  const faulty =
    '{ start: async () => { setTimeout(() => { throw new Error("bug") }) }, stop: async () => {}, ready: () => READY }';

  it.each([
    ['exits 0 on SIGTERM', quick, (child: ChildProcess) => child.kill('SIGTERM'), 0],
    ['exits 0 on SIGINT', quick, (child: ChildProcess) => child.kill('SIGINT'), 0],
    ['exits 0 when its parent exits', quick, (child: ChildProcess) => child.disconnect(), 0],
    ['exits 1 when it does not stop in time', stuck, (child: ChildProcess) => child.kill('SIGTERM'), 1],
  ])('%s', async (_, service, end, status) => {
    const child = run(service);
    await once(child, 'message');
    end(child);
    const [code] = await once(child, 'exit');
    expect(code).toBe(status);
  });

  it('exits 1 and says why when it cannot start', async () => {
    const child = run(broken);
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(output).toContain('cannot start: no disk');
  });

  it('exits 1 and names the part that does not come up', async () => {
    const child = run(hanging);
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(output).toContain('cannot start: starting took longer than 2000 ms: bus is starting');
  });

  it('exits 1 on an error nobody caught', async () => {
    const [code] = await once(run(faulty), 'exit');
    expect(code).toBe(1);
  });

  describe('whose log nobody reads', () => {
    /** Logs 100 kB at a time, 10 MB in all: more than wait for a reader. */
    const chatty = `{ start: async () => { let left = 100; setInterval(() => {
        if (left === 0) return;
        left -= 1;
        for (let n = 0; n < 100; n += 1) process.log.info("x".repeat(1000));
        process.send({ type: "logged" });
      }, 1) }, stop: async () => {}, ready: () => READY }`;
    /** Several messages may come in one turn. */
    const logged = (child: ChildProcess, times: number) =>
      new Promise<void>((resolve) => {
        let left = times;
        child.on('message', () => {
          left -= 1;
          if (left === 0) resolve();
        });
      });

    it.each(['pause', 'destroy'] as const)('goes on, and exits 0 on SIGTERM, after %s', async (end) => {
      const child = run(chatty, ['ignore', 'pipe', 'ignore', 'ipc']);
      await once(child.stdout!, 'readable');
      child.stdout![end]();
      await logged(child, 20);
      child.kill('SIGTERM');
      const [code] = await once(child, 'exit');
      expect(code).toBe(0);
    });

    it('says how many lines it dropped, once somebody reads again', async () => {
      const child = run(chatty, ['ignore', 'pipe', 'ignore', 'ipc']);
      await logged(child, 90);
      let output = '';
      child.stdout?.on('data', (chunk) => (output += chunk));
      await expect.poll(() => /"lines":\d+,"msg":"lines of the log were dropped/.test(output)).toBe(true);
      child.kill('SIGTERM');
      await once(child, 'exit');
    });
  });

  it('logs what Node.js and libraries warn of as lines of its log, and nothing beside it', async () => {
    const warning =
      '{ start: async () => { process.emitWarning("too many", { code: "W1" }); setTimeout(() => {}, -5); }, stop: async () => {}, ready: () => READY }';
    const child = run(warning, ['ignore', 'pipe', 'pipe', 'ipc']);
    let output = '';
    let beside = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (beside += chunk));
    await expect.poll(() => output).toContain('TimeoutNegativeWarning');
    child.kill('SIGTERM');
    await once(child, 'close');
    expect(beside).toBe('');
    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual(expect.objectContaining({ level: 'warn', msg: 'too many' }));
  });

  it('exits at once on a second SIGINT', async () => {
    const child = run(stuck);
    await once(child, 'message');
    child.kill('SIGINT');
    // The first one is logged, so that the second is not merged with it.
    await once(child.stdout!, 'data');
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    expect([130, 1]).toContain(code);
  });
});
