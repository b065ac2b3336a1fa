#!/usr/bin/env node
import process from 'node:process';
import { run } from './program.ts';
import { systemIo } from './system-io.ts';

/** Whoever reads our output has had enough (`| head`). */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await run(process.argv.slice(2), systemIo());
