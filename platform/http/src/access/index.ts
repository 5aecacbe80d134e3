export { type AccessChecks, type AccessChecksConfig, createAccessChecks } from './access-checks.ts';
