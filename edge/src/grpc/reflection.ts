import { readFileDescriptors } from '@giggityflix/proto/descriptors';
import { ReflectionService } from '@grpc/reflection';

/**
 * Server reflection (`grpc.reflection.v1` and `v1alpha`) over the descriptors that buf wrote. Those which
 * proto-loader makes at run time lack the dependencies of a file, and grpcurl refuses them.
 */
export function createReflection(): ReflectionService {
  return new ReflectionService({
    // The service reads nothing but the descriptors.
    descriptors: {
      format: 'Protocol Buffer 3 EnumDescriptorProto',
      type: {},
      fileDescriptorProtos: readFileDescriptors(),
    },
  });
}
