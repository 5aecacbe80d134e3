/** Clients that share no code with this platform: a Python script of the documented forms, and coturn's STUN client. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram, missing, requireCoturn } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMatchmaker } from '../testing/matchmaker.ts';
import type { Endpoint, Matchmaker } from './index.ts';

const run = promisify(execFile);
const python = findProgram('python3');
const noPython = python ? false : missing('Python', 'no python3 on PATH');
const coturn = requireCoturn();

/** Written from the documents alone. Prints what each side received, and the longest datagram. */
const SCRIPT = `
import json, socket, sys
server = (sys.argv[1], int(sys.argv[2]))
longest = 0

def client(ip):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((ip, 0))
    sock.settimeout(5)
    return sock

def receive(sock):
    global longest
    data, sender = sock.recvfrom(65535)
    assert sender == server, sender
    longest = max(longest, len(data))
    return json.loads(data)

def ask(sock, message):
    sock.sendto(json.dumps(message).encode(), server)
    return receive(sock)

one, other = client("127.0.0.21"), client("127.0.0.22")
received = {
    "one": [ask(one, {"type": "register"})],
    "other": [ask(other, {"type": "register"})],
}
received["one"].append(ask(one, {"type": "connect", "target_ip": "127.0.0.22"}))
received["other"].append(receive(other))
received["one"].append(ask(one, {"type": "connect"}))
received["one"].append(ask(one, {"type": "connect", "target_ip": "192.0.2.9"}))
received["one"].append(ask(one, {"type": "wave"}))
one.sendto(b"{not json", server)
received["one"].append(receive(one))
print(json.dumps({"received": received, "one": one.getsockname(), "other": other.getsockname(), "longest": longest}))
`;

let matchmaker: Matchmaker;
beforeAll(async () => {
  matchmaker = await startMatchmaker({ MATCHMAKER_HOST: '127.0.0.1,::1' });
});
afterAll(() => matchmaker.stop());

it.skipIf(noPython)('a Python script of the documented forms is answered as documented', async () => {
  const { address, port } = matchmaker.addresses()[0] as Endpoint;
  const { stdout } = await run(python as string, ['-c', SCRIPT, address, String(port)]);
  const { received, one, other, longest } = JSON.parse(stdout);
  expect(received.one).toEqual([
    { type: 'your_addr', addr: one },
    { type: 'peer', peer: other },
    { type: 'error', msg: 'missing target_ip' },
    { type: 'error', msg: 'target 192.0.2.9 not found or offline' },
    { type: 'error', msg: 'unknown message type' },
    { type: 'error', msg: 'malformed json' },
  ]);
  expect(received.other).toEqual([
    { type: 'your_addr', addr: other },
    { type: 'peer', peer: one },
  ]);
  expect(longest).toBeLessThanOrEqual(1_200);
});

describe.skipIf(coturn.skip)('coturn’s STUN client', () => {
  it.for([0, 1])('gets its address from the server’s address %i', async (index, { skip }) => {
    const server = matchmaker.addresses()[index];
    if (!server) return skip('this machine has no IPv6');
    const program = findProgram('turnutils_stunclient') as string;
    const { stdout } = await run(program, ['-p', String(server.port), server.address]);
    expect(stdout).toMatch(
      index === 0 ? /UDP reflexive addr: 127\.0\.0\.1:\d+/ : /UDP reflexive addr: ::1:\d+/,
    );
  });
});
