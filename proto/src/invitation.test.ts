import { describe, expect, it } from 'vitest';
import {
  invitationHash,
  invitationLink,
  newInvitationCode,
  parseInvitation,
  parseInvitedNetwork,
} from './invitation.ts';

const NETWORK = {
  edges: ['films.example.org:50051', '[2001:db8::1]:50051'],
  tls: true,
  authority: new Uint8Array([0x30, 0x82, 0xff, 0xfe]),
};

describe('invitations', () => {
  it('carry the network they are for', () => {
    const code = newInvitationCode();
    expect(parseInvitedNetwork(invitationLink(code, NETWORK))).toEqual(NETWORK);
    const plain = { edges: ['192.168.1.7:50051'], tls: false, authority: null };
    expect(parseInvitedNetwork(` ${invitationLink(code, plain)}\n`)).toEqual(plain);
    expect(invitationLink(code, { edges: [], tls: true, authority: null })).toBe(invitationLink(code));
    expect(parseInvitedNetwork(invitationLink(code))).toBeNull();
    expect(parseInvitedNetwork(code)).toBeNull();
  });

  it.each(['edge=', 'edge=films.example.org', 'edge=a:1&edge=b', 'edge=a:99999', 'edge=a%20b:1', 'tls=1'])(
    'carry no network that is none: %s',
    (query) => expect(parseInvitedNetwork(`${invitationLink(newInvitationCode())}?${query}`)).toBeNull(),
  );

  it('have codes of 140 bits that no two share', () => {
    const codes = Array.from({ length: 1_000 }, newInvitationCode);
    expect(new Set(codes).size).toBe(1_000);
    for (const code of codes) expect(code).toMatch(/^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/);
    // Each of the 32 characters occurs: none of the bits is constant.
    expect(new Set(codes.join('').replaceAll('-', '')).size).toBe(32);
  });

  it.each([
    ['the code', (code: string) => code],
    ['its link', (code: string) => invitationLink(code)],
    ['a link that names its network', (code: string) => invitationLink(code, NETWORK)],
    ['a link in capitals', (code: string) => invitationLink(code).toUpperCase()],
    [
      'small letters without groups, with spaces around',
      (code: string) => ` ${code.toLowerCase().replaceAll('-', '')}\n`,
    ],
    ['spaces between groups', (code: string) => code.replaceAll('-', ' ')],
    ['letters taken for digits', (code: string) => code.replaceAll('0', 'o').replaceAll('1', 'l')],
  ])('are read from %s', (_what, write) => {
    for (let n = 0; n < 50; n++) {
      const code = newInvitationCode();
      expect(parseInvitation(write(code))).toBe(code);
    }
  });

  it.each([
    '',
    'ABCD',
    'https://example.org/join',
    `${'A'.repeat(28)}A`,
    `U${'A'.repeat(27)}`,
    'A'.repeat(100_000),
  ])('are not read from anything else: %#', (text) => expect(parseInvitation(text)).toBeNull());

  it('are stored as a hash', () => {
    expect(invitationHash('AAAA')).toBe('63c1dd951ffedf6f7fd968ad4efa39b8ed584f162f46e715114ee184f8de9201');
  });
});
