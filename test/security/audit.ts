import { spawnSync } from 'node:child_process';
import * as z from 'zod';
import { jsonOrUndefined } from '../../shared/domain/json.ts';

/**
 * `npm run audit`: known weaknesses of what is shipped. Ends with 1 when one is high or critical. A registry that knows
 * of none to ask, or no network, is said and is no failure: what can be held without it is in dependencies.test.ts.
 */
const Report = z.object({
  metadata: z.object({ vulnerabilities: z.object({ high: z.int(), critical: z.int(), total: z.int() }) }),
});
const ASK = ['audit', '--omit=dev', '--audit-level=high', '--json'];

const { stdout } = spawnSync('npm', ASK, { encoding: 'utf8', timeout: 120_000 });
const report = Report.safeParse(jsonOrUndefined(stdout));
if (report.success) {
  const { high, critical, total } = report.data.metadata.vulnerabilities;
  console.log(`${total} known weaknesses in what is shipped, ${high} of them high, ${critical} critical`);
  if (high + critical > 0) {
    console.log(stdout);
    process.exitCode = 1;
  }
} else {
  console.log('NOT AUDITED: the package registry here does not answer questions about known weaknesses');
}
