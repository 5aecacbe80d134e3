import { readFileSync } from 'node:fs';
import { BinaryReader } from '@bufbuild/protobuf/wire';

/** Descriptor sets that `npm run generate` has buf write: the peers' service, and gRPC's health service. */
const SETS = ['peer_edge.binpb', 'health.binpb'];

/** `google.protobuf.FileDescriptorSet.file` */
const FILE_FIELD = 1;

/** The encoded `FileDescriptorProto` of every file that the services of an edge are written in, imports included. */
export function readFileDescriptors(): Buffer[] {
  return SETS.flatMap((name) => {
    const reader = new BinaryReader(readFileSync(new URL(`generated/${name}`, import.meta.url)));
    const files: Buffer[] = [];
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      if (field === FILE_FIELD) files.push(Buffer.from(reader.bytes()));
      else reader.skip(wireType);
    }
    return files;
  });
}
