import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Logger } from '@giggityflix/kernel';
import { type Registry, reportCertificate } from '@giggityflix/telemetry';
import { experimental, type ServerCredentials } from '@grpc/grpc-js';

export interface TlsConfig {
  certPath: string;
  keyPath: string;
  /** Set to ask clients for a certificate of this authority. */
  clientCaPath: string | null;
  /** Whether a client without a certificate is refused. */
  requireClientCertificate: boolean;
  /** How often the files are read, in milliseconds; 10 s unless given. */
  reloadIntervalMs?: number;
}

interface Files {
  certificate: Buffer;
  privateKey: Buffer;
  clientCa: Buffer | null;
}

type CertificateProvider = Parameters<typeof experimental.createCertificateProviderServerCredentials>[0];

/** How often the files are read. A renewal takes effect within this time; connections stay. */
const RELOAD_INTERVAL_MS = 10_000;

/**
 * TLS credentials that follow their files: connections made after a renewal get the new certificate, and a pair that
 * does not match (a renewal caught half-way) is not used until it does.
 *
 * grpc-js' own `FileWatcherCertificateProvider` does less: it takes files that are missing or do not match for new ones,
 * and the listener then refuses every connection until they are right; at the start it reports neither.
 */
export function createCertificates(
  config: TlsConfig,
  deps: { logger: Logger; metrics: Registry },
): { load(): Promise<ServerCredentials>; stop(): void } {
  const identityListeners = new Set<Parameters<CertificateProvider['addIdentityCertificateListener']>[0]>();
  const caListeners = new Set<Parameters<CertificateProvider['addCaCertificateListener']>[0]>();
  const reportExpiry = reportCertificate(deps.metrics, 'grpc');
  let files: Files;
  let timer: NodeJS.Timeout | undefined;

  // grpc-js starts to watch only after it has added its listeners, so they are first called a moment later.
  const provider: CertificateProvider = {
    addIdentityCertificateListener(listener) {
      identityListeners.add(listener);
      queueMicrotask(() => listener(files));
    },
    removeIdentityCertificateListener: (listener) => void identityListeners.delete(listener),
    addCaCertificateListener(listener) {
      caListeners.add(listener);
      queueMicrotask(() => listener(files.clientCa && { caCertificate: files.clientCa }));
    },
    removeCaCertificateListener: (listener) => void caListeners.delete(listener),
  };

  const reload = async () => {
    try {
      const read = await readFiles(config);
      if (same(read, files)) return;
      files = read;
      reportExpiry(read.certificate);
      for (const listener of caListeners) listener(read.clientCa && { caCertificate: read.clientCa });
      for (const listener of identityListeners) listener(read);
      deps.logger.info({ path: config.certPath }, 'certificate reloaded');
    } catch (error) {
      deps.logger.warn({ err: error }, 'the certificate on disk cannot be used; the one in use stays');
    }
  };

  return {
    async load() {
      files = await readFiles(config);
      reportExpiry(files.certificate);
      timer = setInterval(() => void reload(), config.reloadIntervalMs ?? RELOAD_INTERVAL_MS);
      timer.unref();
      return experimental.createCertificateProviderServerCredentials(
        provider,
        config.clientCaPath === null ? null : provider,
        config.requireClientCertificate,
      );
    },
    stop: () => clearInterval(timer),
  };
}

/** @throws an error that names the variable whose file cannot be used. */
async function readFiles(config: TlsConfig): Promise<Files> {
  const certificate = await read('GRPC_CERT_PATH', config.certPath);
  const privateKey = await read('GRPC_KEY_PATH', config.keyPath);
  const clientCa = config.clientCaPath ? await read('GRPC_CLIENT_CA_PATH', config.clientCaPath) : null;
  let pair: boolean;
  try {
    pair = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey));
  } catch (error) {
    throw new Error(
      `GRPC_CERT_PATH and GRPC_KEY_PATH are no PEM certificate and key: ${(error as Error).message}`,
    );
  }
  if (!pair) throw new Error('GRPC_KEY_PATH is not the key of the certificate at GRPC_CERT_PATH');
  return { certificate, privateKey, clientCa };
}

async function read(variable: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    throw new Error(
      `${variable}: cannot read ${path} (${reason}); put a PEM file there, or set GRPC_USE_TLS=false`,
    );
  }
}

function same(left: Files, right: Files): boolean {
  return (
    left.certificate.equals(right.certificate) &&
    left.privateKey.equals(right.privateKey) &&
    (left.clientCa === null ? right.clientCa === null : left.clientCa.equals(right.clientCa ?? Buffer.of()))
  );
}
