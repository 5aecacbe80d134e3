import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  decimal,
  duration,
  type EnvironmentError,
  emptyAllowed,
  flag,
  integer,
  list,
  parseEnvironment,
  parseGoDuration,
  port,
  secret,
} from './environment.ts';

const shape = {
  NAME: z.string(),
  PORT: port(8080),
  WORKERS: integer(4, { min: 1, max: 64 }),
  RATIO: decimal(0.5, { max: 1 }),
  VERBOSE: flag(false),
  HOSTS: list('a,b'),
  TIMEOUT: duration('30s'),
  PASSWORD: emptyAllowed(secret(z.string().max(8).default(''))),
};
const parse = (env: Record<string, string>) => parseEnvironment(z.object(shape), env);
const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    parse(env);
    return [];
  } catch (error) {
    return (error as EnvironmentError).problems;
  }
};

describe('parsing the environment', () => {
  it('uses the defaults of what is not set', () => {
    expect(parse({ NAME: 'x' })).toEqual({
      NAME: 'x',
      PORT: 8080,
      WORKERS: 4,
      RATIO: 0.5,
      VERBOSE: false,
      HOSTS: ['a', 'b'],
      TIMEOUT: 30_000,
      PASSWORD: '',
    });
  });

  it('parses every kind of variable', () => {
    const env = {
      NAME: 'x',
      PORT: '0',
      WORKERS: '64',
      RATIO: '1e-1',
      VERBOSE: 'ON',
      HOSTS: ' c , ,d',
      TIMEOUT: '1h1.5m',
    };
    expect(parse(env)).toMatchObject({
      PORT: 0,
      WORKERS: 64,
      RATIO: 0.1,
      VERBOSE: true,
      HOSTS: ['c', 'd'],
      TIMEOUT: 3_690_000,
    });
  });

  it('names every problem at once', () => {
    const problems = problemsOf({
      PORT: '65536',
      WORKERS: '4.5',
      RATIO: 'half',
      VERBOSE: 'maybe',
      TIMEOUT: '30',
    });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'NAME',
      'PORT',
      'WORKERS',
      'RATIO',
      'VERBOSE',
      'TIMEOUT',
    ]);
    expect(problems[0]).toMatch(/^NAME is missing/);
    expect(problems[2]).toBe('WORKERS is invalid: expected a whole number from 1 to 64 (got "4.5")');
  });

  it('takes a blank value for a template that was not filled in, unless blank means something', () => {
    expect(problemsOf({ NAME: ' ', PASSWORD: '' })).toEqual([
      'NAME is set but empty: give it a value, or unset it to use the default',
    ]);
  });

  it('never repeats a secret', () => {
    const [problem] = problemsOf({ NAME: 'x', PASSWORD: 'correct horse' });
    expect(problem).toMatch(/^PASSWORD is invalid/);
    expect(problem).not.toContain('horse');
  });

  describe('a secret in a file', () => {
    let directory: string;
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), 'secrets-'));
    });
    afterEach(() => rmSync(directory, { recursive: true }));
    const file = (content: string) => {
      const path = join(directory, 'secret');
      writeFileSync(path, content);
      return path;
    };

    it.each([
      ['hunter2', 'hunter2'],
      ['hunter2\n', 'hunter2'],
      ['hunter2\r\n', 'hunter2'],
      ['a\nb\n\n', 'a\nb\n'],
      [' x ', ' x '],
      ['', ''],
    ])('%j is %j', (content, expected) => {
      expect(parse({ NAME: 'x', PASSWORD_FILE: file(content) }).PASSWORD).toBe(expected);
    });

    it('has the rules of the value itself, and is never repeated', () => {
      const [problem] = problemsOf({ NAME: 'x', PASSWORD_FILE: file('correct horse') });
      expect(problem).toMatch(/^PASSWORD is invalid/);
      expect(problem).not.toContain('horse');
    });

    it.each([
      [{ PASSWORD: 'a', PASSWORD_FILE: '/dev/null' }, /^PASSWORD and PASSWORD_FILE are both set/],
      [{ PASSWORD_FILE: '' }, /^PASSWORD_FILE is set but empty/],
      [{ PASSWORD_FILE: '/nowhere/at/all' }, /^PASSWORD_FILE cannot be read: ENOENT/],
      [{ PASSWORD_FILE: '/' }, /^PASSWORD_FILE cannot be read: EISDIR/],
    ])('%j is a problem', (env, expected) => {
      expect(problemsOf({ NAME: 'x', ...env })).toEqual([expect.stringMatching(expected)]);
    });

    it('may be a credential of systemd', () => {
      writeFileSync(join(directory, 'PASSWORD'), 'hunter2');
      const env = { NAME: 'x', CREDENTIALS_DIRECTORY: directory };
      expect(parse(env).PASSWORD).toBe('hunter2');
      expect(problemsOf({ ...env, PASSWORD: 'a' })).toEqual([
        'PASSWORD and the credential PASSWORD are both set: keep one of them',
      ]);
      rmSync(join(directory, 'PASSWORD'));
      expect(parse(env).PASSWORD).toBe('');
    });

    it('has at most 64 KiB', () => {
      expect(problemsOf({ NAME: 'x', PASSWORD_FILE: file('x'.repeat(65_536)) })[0]).toMatch(/is invalid/);
      expect(problemsOf({ NAME: 'x', PASSWORD_FILE: file('x'.repeat(65_537)) })[0]).toMatch(
        /^PASSWORD_FILE cannot be read: it has more than/,
      );
    });

    it('is for secrets alone', () => {
      expect(parse({ NAME: 'x', PORT_FILE: file('1') }).PORT).toBe(8080);
    });
  });

  it('ends a process with all problems on standard error and status 1', () => {
    const program = `
      import { z } from 'zod';
      import { integer, parseEnvironment, readOrExit } from ${JSON.stringify(new URL('./environment.ts', import.meta.url).href)};
      readOrExit(() => parseEnvironment(z.object({ ONE: integer(1), TWO: integer(2) })));`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: import.meta.dirname,
      env: { ONE: 'x', TWO: 'y' },
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^The configuration has 2 problems:\n {2}ONE .*\n {2}TWO .*\n$/);
  });
});

describe('a duration as Go writes it', () => {
  it.each([
    ['300ms', 300],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['1us', 0.001],
    ['0', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(parseGoDuration(text)).toBeCloseTo(ms, 9);
  });

  it.each(['', '5', '-1s', '1 s', '1d', 's', '1h30', '1e3s', '.s', '1..5s'])('%j is none', (text) => {
    expect(parseGoDuration(text)).toBeNull();
  });

  it('adds up its parts', () => {
    const parts = fc.array(fc.tuple(fc.nat(999), fc.constantFrom('ms', 's', 'm', 'h')), {
      minLength: 1,
      maxLength: 5,
    });
    const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
    fc.assert(
      fc.property(parts, (list) => {
        const text = list.map(([amount, name]) => `${amount}${name}`).join('');
        const sum = list.reduce((total, [amount, name]) => total + amount * unit[name], 0);
        expect(parseGoDuration(text)).toBe(sum);
      }),
    );
  });
});
