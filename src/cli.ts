#!/usr/bin/env node
import { processIo } from './cli/_io';
import { main } from './cli/_main';

/** `secure-network`: the analysis of this library for anybody's manifests. */
void main(processIo(), process.argv.slice(2)).then(code => {
  process.exitCode = code;
});
