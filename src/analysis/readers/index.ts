import { KindReader } from './_reader';
import { NETWORK_POLICY } from './network-policy';
import { NAMESPACES, WORKLOADS } from './workloads';

/** Every reader, by the kinds it reads. A new policy kind is one more file, and one more name here. */
const READERS: readonly KindReader[] = [NAMESPACES, WORKLOADS, NETWORK_POLICY];

export const READER_OF: ReadonlyMap<string, KindReader> = new Map(READERS.flatMap(reader => reader.kinds.map(kind => [kind, reader])));
