/** Someone else used the code or token at the same moment. */
export async function alreadyUsed(): Promise<Error> {
  const { errors } = await import('oidc-provider');
  return new errors.InvalidGrant('already used at this moment');
}
