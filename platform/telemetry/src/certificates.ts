import { X509Certificate } from 'node:crypto';
import { Gauge, type Registry } from './metrics.ts';

/**
 * Reports when the certificate that a listener uses expires, as `tls_certificate_expires_timestamp_seconds`. Call what is returned with each
 * new certificate, in PEM or DER; of a chain the first counts.
 */
export function reportCertificate(
  registry: Registry,
  listener: string,
): (certificate: Buffer | string) => void {
  const gauge = new Gauge({
    name: 'tls_certificate_expires_timestamp_seconds',
    help: 'When the certificate in use expires, in seconds since 1970, by listener',
    labelNames: ['listener'],
    registers: [registry],
  });
  return (certificate) =>
    gauge.set({ listener }, new X509Certificate(certificate).validToDate.getTime() / 1_000);
}
