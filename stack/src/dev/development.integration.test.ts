import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessPlan } from '../plan.ts';
import { createSupervisor, type Supervisor } from '../supervisor.ts';
import { createDevelopment, type Development } from './development.ts';

let root: string;
let supervisor: Supervisor;
let development: Development;
let printed: string[];
let reported: string[];
let bundled: number;

function write(path: string, content: unknown): void {
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}

function createWorkspace(folder: string, dependencies: readonly string[]): void {
  mkdirSync(join(root, folder, 'src'), { recursive: true });
  write(`${folder}/package.json`, {
    name: `@giggityflix/${folder}`,
    dependencies: Object.fromEntries(dependencies.map((name) => [`@giggityflix/${name}`, '*'])),
  });
}

/** A process that prints the value of a module of its own workspace and of one that others use as well. */
function createProcess(name: ProcessPlan['name']): ProcessPlan {
  createWorkspace(name, ['proto']);
  write(`${name}/src/value.js`, `export const value = 'first';`);
  write(
    `${name}/src/main.js`,
    `import { shared } from '../../proto/src/shared.js';
    import { value } from './value.js';
    console.log(value, shared);
    process.on('SIGTERM', () => process.exit(0));
    setInterval(() => {}, 1000);
    process.send({ type: 'started' });`,
  );
  return {
    name,
    script: join(root, name, 'src/main.js'),
    nodeOptions: [],
    arguments: [],
    environment: { PATH: process.env.PATH },
  };
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'development-'));
  printed = [];
  reported = [];
  bundled = 0;
  write('package.json', { name: 'root', type: 'module', workspaces: ['proto', 'web', 'edge', 'peer'] });
  createWorkspace('proto', []);
  createWorkspace('web', ['proto']);
  write('proto/src/shared.js', `export const shared = 'one';`);
  supervisor = createSupervisor([createProcess('edge'), createProcess('peer')], {
    line: (name, line) => printed.push(`${name}: ${line}`),
    restarting: (name, cause) => reported.push(`${name}: ${cause}`),
  });
  development = createDevelopment(
    { root },
    {
      supervisor,
      async bundle() {
        bundled += 1;
        if (bundled === 1) throw new Error('a bracket is missing');
      },
      report: (name, message) => reported.push(`${name}: ${message}`),
    },
  );
  supervisor.start();
  await Promise.all([supervisor.started('edge'), supervisor.started('peer'), development.start()]);
});
afterEach(async () => {
  await development.stop();
  await supervisor.stop();
  rmSync(root, { recursive: true, force: true });
});

describe('while developing', () => {
  it('a change in a service restarts its process and no other', async () => {
    const peer = supervisor.pid('peer');
    write('edge/src/value.js', `export const value = 'second';`);
    await expect.poll(() => printed).toContain('edge: second one');
    expect(reported).toEqual(['edge: edge/src/value.js changed; restarting']);
    expect(supervisor.pid('peer')).toBe(peer);
  });

  it('a change in what services share restarts all that use it, and bundles the page again', async () => {
    write('proto/src/shared.js', `export const shared = 'two';`);
    await expect.poll(() => printed).toEqual(expect.arrayContaining(['edge: first two', 'peer: first two']));
    await expect.poll(() => reported).toContain('web: a bracket is missing');
    write('web/src/page.ts', '');
    await expect.poll(() => bundled).toBe(2);
  });

  it('a process that a change broke starts at once when the next change repairs it', async () => {
    write('edge/src/value.js', 'export const value = ;');
    await expect.poll(() => reported).toContain('edge: exited with status 1');
    write('edge/src/value.js', `export const value = 'repaired';`);
    await expect.poll(() => printed).toContain('edge: repaired one');
  });

  it('a change of a test restarts nothing', async () => {
    const edge = supervisor.pid('edge');
    write('edge/src/value.test.ts', '');
    write('peer/src/value.js', `export const value = 'second';`);
    await expect.poll(() => printed).toContain('peer: second one');
    expect(supervisor.pid('edge')).toBe(edge);
    expect(reported).toEqual(['peer: peer/src/value.js changed; restarting']);
  });
});
