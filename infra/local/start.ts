#!/usr/bin/env node
/** `npm start`, and `escapement-local` of the package: says at once that it is there, for loading the rest takes a moment. */
const OLDEST_NODE = 24; // that of the functions in AWS
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  console.error(`Escapement needs Node ${OLDEST_NODE} or later to run here; this is ${process.version}`);
  process.exit(1);
}
console.log('Escapement is starting …');
const { run } = await import('./run.ts');
await run();
