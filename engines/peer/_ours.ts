/** Reads a folder and writes who reaches whom, in a process of its own: prints the seconds from the first file to the last row. */
import { Connectivity } from 'cdk8s-secure-network';

const started = process.hrtime.bigint();
const rows = Connectivity.ofManifests([process.argv[2]]).toText().split('\n').length - 1;
process.stdout.write(JSON.stringify({ seconds: Number(process.hrtime.bigint() - started) / 1e9, rows }));
