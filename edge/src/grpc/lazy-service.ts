import type { Server, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';

/** A method as the protocol names it. */
export interface LazyMethod {
  /** `/package.Service/Method`. */
  path: string;
  requestStream: boolean;
  responseStream: boolean;
}

/** What a library of a service offers: it adds the service, with its codecs and handlers, to a server. */
export interface ServiceLibrary {
  addToServer(server: Pick<Server, 'addService'>): void;
}

/** Parts of a definition that only clients use. */
const CLIENT_CODECS = {
  requestSerialize: (bytes: Buffer) => bytes,
  responseDeserialize: (bytes: Buffer) => bytes,
};

type Method = ServiceDefinition[string] & { handle: CallableFunction };

/**
 * Adds methods to a server whose library is loaded with the first call, and at once: the codecs of a call are needed
 * before its handler is.
 */
export function addLazyService(
  server: Server,
  methods: readonly LazyMethod[],
  load: () => ServiceLibrary,
): void {
  let loaded: Map<string, Method> | undefined;
  const find = (path: string): Method => {
    loaded ??= methodsOf(load());
    return loaded.get(path) as Method;
  };
  const handlers: UntypedServiceImplementation = {};
  const definition = methods.map((method) => {
    const { path } = method;
    handlers[path] = (...call: unknown[]) => find(path).handle(...call);
    return {
      ...method,
      requestDeserialize: (bytes: Buffer) => find(path).requestDeserialize(bytes),
      responseSerialize: (value: unknown) => find(path).responseSerialize(value),
      ...CLIENT_CODECS,
    };
  });
  server.addService(Object.fromEntries(definition.map((method) => [method.path, method])), handlers);
}

function methodsOf(library: ServiceLibrary): Map<string, Method> {
  const found = new Map<string, Method>();
  library.addToServer({
    addService(definition, handlers) {
      for (const [name, method] of Object.entries(definition)) {
        const handle = handlers[name] ?? handlers[method.originalName ?? ''];
        if (handle) found.set(method.path, { ...method, handle: handle as CallableFunction });
      }
    },
  });
  return found;
}
