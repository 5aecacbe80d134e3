import { createRequire } from 'node:module';
import { readFileDescriptors } from '@giggityflix/proto/descriptors';
import type { Server } from '@grpc/grpc-js';
import { addLazyService } from './lazy-service.ts';

const METHODS = ['v1', 'v1alpha'].map((version) => ({
  path: `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
  requestStream: true,
  responseStream: true,
}));

/**
 * Server reflection (`grpc.reflection.v1` and `v1alpha`) over the descriptors that buf wrote. Those which
 * proto-loader makes at run time lack the dependencies of a file, and grpcurl refuses them. The library takes 1 MB, and
 * is loaded with the first call.
 */
export function addReflection(server: Server): void {
  addLazyService(server, METHODS, () => {
    const library = createRequire(import.meta.url)('@grpc/reflection') as typeof import('@grpc/reflection');
    return new library.ReflectionService({
      // The service reads nothing but the descriptors.
      descriptors: {
        format: 'Protocol Buffer 3 EnumDescriptorProto',
        type: {},
        fileDescriptorProtos: readFileDescriptors(),
      },
    });
  });
}
