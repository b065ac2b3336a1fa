import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import { synthesize } from '../../infra/local/synthesis.ts';
import { readAssembly, type Template } from '../../infra/local/template/assembly.ts';
import { planStack } from '../../infra/local/template/plan.ts';
import { METRICS } from '../../shared/contract/metrics.ts';
import type { Standing } from './cost.ts';

/** What `cdk deploy` would deploy. */
export interface StackFigures {
  bundles: BundleSize[];
  standing: Standing;
}
export interface BundleSize {
  /** Functions that load this bundle. */
  functions: string[];
  files: { name: string; bytes: number; gzipBytes: number }[];
}

export async function measureStack(): Promise<StackFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'escapement-bench-'));
  try {
    await synthesize({
      outputDirectory: directory,
      context: {},
      handlersFile: undefined,
      environment: process.env,
      onSlow() {},
    });
    const assembly = readAssembly(directory);
    const nowhere = 'http://127.0.0.1';
    const { functions } = planStack(assembly, { endpointUrl: nowhere, apiUrl: nowhere });
    const byAsset = Map.groupBy(functions, ({ codeDirectory }) => codeDirectory);
    const bundles = [...byAsset].map(([codeDirectory, users]) => ({
      functions: users.map(({ logicalId }) => logicalId.replace(/^Scheduler|(Function)?[0-9A-F]{8}$/g, '')),
      files: filesOf(codeDirectory),
    }));
    return { bundles, standing: standingOf(assembly.template) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Source maps left out: they are not loaded. */
const filesOf = (directory: string): BundleSize['files'] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => {
      const content = readFileSync(join(directory, name));
      return { name, bytes: content.length, gzipBytes: gzipSync(content).length };
    });

/** An alarm looks at one metric, or at those that its expression is made of. */
const Alarm = z.object({ Metrics: z.array(z.object({ MetricStat: z.unknown().optional() })).optional() });

export function standingOf({ Resources }: Template): Standing {
  const all = Object.values(Resources);
  const count = (type: string) => all.filter(({ Type }) => Type === type).length;
  const alarms = all.filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  return {
    pollers: count('AWS::Lambda::EventSourceMapping'),
    secrets: count('AWS::SecretsManager::Secret'),
    keys: count('AWS::KMS::Key'),
    alarmedMetrics: alarms.reduce((sum, { Properties }) => {
      const { Metrics } = Alarm.parse(Properties);
      return sum + (Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1);
    }, 0),
    dashboards: count('AWS::CloudWatch::Dashboard'),
    customMetrics: Object.keys(METRICS).length,
  };
}
