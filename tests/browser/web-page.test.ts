import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requireChromium, samplesShared, startStack, type TestStack } from '@giggityflix/testing';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_ARGS } from './chromium.ts';

const program = requireChromium();

/** What the page of an attacker tries, in its own words; reports what it could read, or whether a socket opened. */
const ATTACK = async (targets: { port: number; hosts: string[] }[]): Promise<string[]> => {
  const gained: string[] = [];
  const within = <T>(work: Promise<T>) =>
    Promise.race([work, new Promise<null>((resolve) => setTimeout(resolve, 5_000, null))]);
  for (const { port, hosts } of targets)
    for (const host of hosts) {
      const at = `${host}:${port}`;
      for (const path of [
        '/',
        '/health',
        '/metrics',
        '/all_trackers',
        '/api/titles',
        '/graphql?query={__typename}',
      ]) {
        const read = await within(
          fetch(`http://${at}${path}`).then(
            async (r) => (r.ok ? r.text() : null),
            () => null,
          ),
        );
        if (read) gained.push(`read ${at}${path}`);
      }
      const query = JSON.stringify({ query: '{ titles(first: 1) { totalCount } }' });
      for (const type of ['text/plain', 'application/json']) {
        const answer = await within(
          fetch(`http://${at}/graphql`, {
            method: 'POST',
            headers: { 'content-type': type },
            body: query,
          }).then(
            async (r) => (r.ok ? r.text() : null),
            () => null,
          ),
        );
        if (answer) gained.push(`queried ${at} as ${type}`);
      }
      await within(
        fetch(`http://${at}/add?filename=attack&hash=x`, { method: 'POST', mode: 'no-cors' }).catch(() => {}),
      );
      const opened = await within(
        new Promise<boolean>((resolve) => {
          const socket = new WebSocket(`ws://${at}/graphql`, 'graphql-transport-ws');
          socket.onopen = () => resolve(true);
          socket.onerror = () => resolve(false);
        }),
      );
      if (opened) gained.push(`opened a socket to ${at}`);
    }
  return gained;
};

describe.skipIf(program.skip)('a hostile page in Chromium', () => {
  let stack: TestStack;
  let browser: Browser;
  const site = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>evil</title>');
  });
  beforeAll(async () => {
    stack = await startStack();
    await samplesShared(stack);
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    browser = await chromium.launch({
      executablePath: program.path,
      args: [...CHROMIUM_ARGS, '--host-resolver-rules=MAP *.example 127.0.0.1'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    site.close();
    await stack?.dispose();
  });

  it('reads nothing, changes nothing and opens no socket, on any port, by any name', {
    timeout: 120_000,
  }, async () => {
    const page = await browser.newPage();
    await page.goto(`http://evil.example:${(site.address() as AddressInfo).port}/`);
    const { EDGE_PORT: _grpc, MATCHMAKER_PORT: _udp, ...http } = stack.ports;
    const targets = Object.values(http).map((port) => ({
      port,
      hosts: ['localhost', '127.0.0.1', 'evil.example'],
    }));
    expect(await page.evaluate(ATTACK, targets)).toEqual([]);
    const registry = await fetch(`http://localhost:${stack.ports.TRACKER_PORT}/all_trackers`);
    expect(await registry.json()).toMatchObject({ files: [] });
    await page.close();
  });

  it('is not shown what is there when it has its own name resolve to this machine', async () => {
    const page = await browser.newPage();
    for (const port of [stack.ports.GATEWAY_PORT, stack.ports.TRACKER_PORT, stack.ports.PEER_HTTP_PORT]) {
      const answer = await page.goto(`http://rebound.example:${port}/`);
      expect([403, 421]).toContain(answer?.status());
    }
    await page.close();
  });
});
