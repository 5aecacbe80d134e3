/** The part of the Trusted Types API that is used; `lib.dom` has none of it. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

const SERVICE_WORKER = '/sw.js';
/** Draws SubStation Alpha. */
const ASS_WORKER = '/ass/ass-worker.js';
/** Hashes pieces where the page cannot natively. */
const HASH_WORKER = '/hash-worker.js';
const SCRIPTS: readonly string[] = [SERVICE_WORKER, ASS_WORKER, HASH_WORKER];

/** The name is in the page's `Content-Security-Policy`: no other policy can be made. */
const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('giggityflix', {
  createScriptURL(url) {
    if (SCRIPTS.includes(url)) return url;
    throw new TypeError(`${url} is no script of this page`);
  },
});

/** The addresses of the only scripts that are ever loaded by their URLs. */
export const serviceWorkerUrl: string = policy?.createScriptURL(SERVICE_WORKER) ?? SERVICE_WORKER;
export const assWorkerUrl: string = policy?.createScriptURL(ASS_WORKER) ?? ASS_WORKER;
export const hashWorkerUrl: string = policy?.createScriptURL(HASH_WORKER) ?? HASH_WORKER;
