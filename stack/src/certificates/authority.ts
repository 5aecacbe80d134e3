// @peculiar/x509 finds its parts by the metadata of their classes.
import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { hostname } from 'node:os';
import { LOCAL_NETWORKS } from '@giggityflix/kernel';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from '@peculiar/asn1-x509';
import * as x509 from '@peculiar/x509';
import { type Pair, type PairFiles, readPair, writePair } from './stored.ts';

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3_650;
/** Shorter than any client objects to; it is renewed long before. */
const CERTIFICATE_DAYS = 90;
const KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Names that only a local resolver knows (RFC 6762, RFC 8375). */
const LOCAL_DOMAINS = ['local', 'lan', 'internal', 'home.arpa', 'localhost'];

/** Whose certificates the devices of a home trust once they have its own. */
export interface Authority {
  readonly certificate: X509Certificate;
  /** Whether an address is one of those that its certificates hold for. */
  permits(address: string): boolean;
  /** A certificate for names and addresses of this machine. */
  issue(names: readonly string[]): Promise<Pair>;
}

/**
 * Made once for each data folder. Were its key stolen, it would open no site of the internet: what it signs holds for names and
 * addresses of local networks alone, and for the addresses that this machine has as it is made.
 */
export async function ensureAuthority(files: PairFiles, addresses: readonly string[]): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  const stored = readPair(files) ?? (await createAuthority(files, addresses));
  const certificate = new x509.X509Certificate(stored.cert);
  const key = await importKey(stored.key);
  return {
    certificate: new X509Certificate(stored.cert),
    permits: permittedBy(certificate),
    async issue(names) {
      const pair = await newKeys();
      const issued = await x509.X509CertificateGenerator.create({
        subject: 'CN=Giggityflix',
        issuer: certificate.subject,
        ...validFor(CERTIFICATE_DAYS),
        publicKey: pair.publicKey,
        signingKey: key,
        signingAlgorithm: KEY,
        extensions: [
          ...leafExtensions(names),
          await x509.AuthorityKeyIdentifierExtension.create(certificate.publicKey),
        ],
      });
      return { cert: `${issued.toString('pem')}\n`, key: await exportKey(pair) };
    },
  };
}

/** One that nobody vouches for, to begin with. */
export async function selfSigned(names: readonly string[], commonName: string): Promise<Pair> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm: KEY,
    ...validFor(CERTIFICATE_DAYS),
    extensions: leafExtensions(names),
  });
  return { cert: `${certificate.toString('pem')}\n`, key: await exportKey(keys) };
}

async function createAuthority(files: PairFiles, addresses: readonly string[]): Promise<Pair> {
  const keys = await newKeys();
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    // Devices list authorities by their names.
    name: [{ CN: [`Giggityflix at ${hostname()} since ${new Date().toISOString().slice(0, 10)}`] }],
    keys,
    signingAlgorithm: KEY,
    ...validFor(AUTHORITY_DAYS),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      new x509.Extension(id_ce_nameConstraints, true, AsnConvert.serialize(constraints(addresses))),
    ],
  });
  const pair = { cert: `${certificate.toString('pem')}\n`, key: await exportKey(keys) };
  writePair(files, pair);
  return pair;
}

function constraints(addresses: readonly string[]): NameConstraints {
  const own = addresses.filter((address) => isIP(address) === 4).map((address) => `${address}/32`);
  const permitted = [
    ...LOCAL_DOMAINS.map((dNSName) => new GeneralName({ dNSName })),
    ...[...LOCAL_NETWORKS, ...own].map((iPAddress) => new GeneralName({ iPAddress })),
  ];
  return new NameConstraints({
    permittedSubtrees: new GeneralSubtrees(permitted.map((base) => new GeneralSubtree({ base }))),
  });
}

function permittedBy(certificate: x509.X509Certificate): (address: string) => boolean {
  const permitted = new BlockList();
  const extension = certificate.getExtension(id_ce_nameConstraints);
  const { permittedSubtrees = [] } = extension
    ? AsnConvert.parse(extension.value, NameConstraints)
    : { permittedSubtrees: [] };
  for (const { base } of permittedSubtrees) {
    const [network = '', bits] = base.iPAddress?.split('/') ?? [];
    if (isIP(network)) permitted.addSubnet(network, Number(bits), familyOf(network));
  }
  return (address) => permitted.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

function leafExtensions(names: readonly string[]): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(
      names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
    ),
  ];
}

/** From a day ago: clocks of televisions and phones differ. */
function validFor(days: number) {
  const now = Date.now();
  return { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + days * DAY_MS) };
}

function newKeys() {
  return webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

async function exportKey({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return `${x509.PemConverter.encode(bytes, 'PRIVATE KEY')}\n`;
}

function importKey(pem: string) {
  const [bytes] = x509.PemConverter.decode(pem);
  return webcrypto.subtle.importKey('pkcs8', bytes!, KEY, false, ['sign']) as Promise<CryptoKey>;
}
