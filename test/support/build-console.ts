import { fileURLToPath } from 'node:url';
import { builtPage } from '../../infra/constructs/console-page.ts';

/** Once for all workers: each that synthesizes would find the page missing and build it, all at the same time. */
export default function setup(): void {
  builtPage(fileURLToPath(new URL('../..', import.meta.url)));
}
