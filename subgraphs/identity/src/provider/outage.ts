import { UnavailableError, wrapMethods } from '@giggityflix/kernel';
import type { Adapter } from 'oidc-provider';

/** What the provider's library says of an error, to a client or to a browser that it sends back to one. */
type ProtocolError = Error & { statusCode: number; status: number };

/** Has the protocol say that the database cannot be reached: "try again later", where the library would say that it failed. */
export function createOutages(newError: (description: string) => Error) {
  const translate = (error: unknown): unknown => {
    if (!(error instanceof UnavailableError)) return error;
    const answer = newError(error.advice) as ProtocolError;
    return Object.assign(answer, { statusCode: 503, status: 503, cause: error });
  };
  const translated = <T extends object>(port: T): T =>
    wrapMethods(port, async (work) => {
      try {
        return await work();
      } catch (error) {
        throw translate(error);
      }
    });
  return {
    /** The same port, whose failures are those of the protocol. */
    translated,
    adapters: (adapterOf: (kind: string) => Adapter) => (kind: string) => translated(adapterOf(kind)),
  };
}
