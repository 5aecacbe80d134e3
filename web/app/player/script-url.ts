import { addresses } from '../addresses.ts';

/** The part of the Trusted Types API that is used; `lib.dom` has none of it. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

/** Keeps its name, as browsers find a new version of it by that. */
const SERVICE_WORKER = '/sw.js';
const { assWorker, hashWorker } = addresses;
const SCRIPTS: readonly string[] = [SERVICE_WORKER, assWorker, hashWorker];

/** The name is in the page's `Content-Security-Policy`: no other policy can be made. */
const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('giggityflix', {
  createScriptURL(url) {
    if (SCRIPTS.includes(url)) return url;
    throw new TypeError(`${url} is no script of this page`);
  },
});

/** The addresses of the only scripts that are ever loaded by their URLs. */
export const serviceWorkerUrl: string = policy?.createScriptURL(SERVICE_WORKER) ?? SERVICE_WORKER;
export const assWorkerUrl: string = policy?.createScriptURL(assWorker) ?? assWorker;
export const hashWorkerUrl: string = policy?.createScriptURL(hashWorker) ?? hashWorker;
