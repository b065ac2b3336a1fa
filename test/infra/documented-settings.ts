import { readFileSync } from 'node:fs';

const SOURCE = [
  'props',
  'props-queues',
  'props-retry',
  'props-targets',
  'props-oidc',
  'props-events',
  'props-observability',
]
  .map((file) => readFileSync(new URL(`../../infra/scheduler-${file}.ts`, import.meta.url), 'utf8'))
  .join('\n');

export interface Documented {
  /** Where the setting stands: api.domain.defaultEndpoint */
  path: string;
  /** What follows @default */
  stated: string | undefined;
}

const INTERFACE = /export interface (\w+) \{\n([\s\S]*?)\n\}/g;
const PROPERTY = /(?: {2}\/\*\*([\s\S]*?)\*\/\n)? {2}(?:readonly )?(\w+)\??: ([^;]+);/g;

/** Every property of SchedulerProps, those of nested interfaces included; queues are called `sample`. */
export function documented(): Documented[] {
  const interfaces = new Map([...SOURCE.matchAll(INTERFACE)].map(([, name, body]) => [name, body ?? '']));
  const walk = (name: string, place: string): Documented[] => {
    const body = interfaces.get(name);
    if (body === undefined) throw new Error(`no interface ${name}`);
    return [...body.matchAll(PROPERTY)].flatMap(([, comment = '', property = '', type = '']) => {
      const path = `${place}${property}`;
      const stated = /@default\s+([\s\S]*?)\s*$/.exec(comment.replaceAll(/\n\s*\* ?/g, '\n'))?.[1];
      const nested = /\b(\w+Props)\b/.exec(type)?.[1];
      const inside = type.includes('Record<') ? `${path}.sample.` : `${path}.`;
      return [{ path, stated }, ...(nested ? walk(nested, inside) : [])];
    });
  };
  return walk('SchedulerProps', '');
}
