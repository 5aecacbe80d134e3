import type { KoaContextWithOIDC } from 'oidc-provider';

export function isDeviceFlow(ctx: KoaContextWithOIDC): boolean {
  return /^(code|device)_/.test(ctx.oidc.route);
}

/** A device has a grant of its own, which the session of the browser that approved it is to forget. */
export function keepOwnGrant(ctx: KoaContextWithOIDC, grantId: string | undefined): void {
  const { client, session } = ctx.oidc;
  const { clientId } = client!;
  if (grantId === undefined) delete session!.authorizations?.[clientId];
  else {
    session!.grantIdFor(clientId, grantId);
    const authorization = session!.authorizationFor(clientId) as { persistsLogout?: boolean };
    authorization.persistsLogout = false;
  }
}

/** What the library calls the ways in which a device's code is not one, in words. */
export function problemOf(error: Error & { userCode?: string }): string {
  switch (error.name) {
    case 'NoCodeError':
      return 'Type the code that your device shows.';
    case 'NotFoundError':
    case 'ExpiredError':
      return 'There is no such code, or it has expired. Look at your device again: it may show a new one.';
    case 'AlreadyUsedError':
      return 'This code was used already. Ask your device for a new one.';
    case 'AbortedError':
      return 'The device was not signed in.';
    default:
      return 'That did not work. Start again with the code that your device shows.';
  }
}
