export { readCertificate } from './certificate.ts';
export { onFirstByte } from './first-byte.ts';
