import type { RoutePlan } from '../template/plan-http.ts';

/**
 * Route selection of an HTTP API: the most specific path wins (fixed segments, then variables, then a greedy
 * variable, then $default), and on the same path a method wins over ANY.
 */
export interface RouteMatch {
  route: RoutePlan;
  pathParameters: Record<string, string> | undefined;
}
export type Router = (method: string, path: string) => RouteMatch | undefined;

interface CompiledRoute {
  route: RoutePlan;
  method: string;
  segments: Segment[];
  /** Compared from left to right: lower is more specific. */
  rank: number[];
}
type Segment = { kind: 'fixed' | 'variable' | 'greedy'; name: string };
const RANK = { fixed: 0, variable: 1, greedy: 2 };

export function createRouter(routes: RoutePlan[]): Router {
  const fallback = routes.find(({ key }) => key === '$default');
  const compiled = routes.filter(({ key }) => key !== '$default').map(compile);
  compiled.sort(
    (a, b) => compareRanks(a.rank, b.rank) || Number(a.method === 'ANY') - Number(b.method === 'ANY'),
  );
  return (method, path) => {
    const parts = path.slice(1).split('/');
    for (const { route, method: accepted, segments } of compiled) {
      if (accepted !== 'ANY' && accepted !== method) continue;
      const parameters = match(segments, parts);
      if (parameters) {
        return { route, pathParameters: Object.keys(parameters).length > 0 ? parameters : undefined };
      }
    }
    return fallback && { route: fallback, pathParameters: undefined };
  };
}

function compile(route: RoutePlan): CompiledRoute {
  const [method = '', path = ''] = route.key.split(' ');
  const segments = path
    .slice(1)
    .split('/')
    .map((part): Segment => {
      const variable = /^\{([^}+]+)(\+?)\}$/.exec(part);
      if (!variable) return { kind: 'fixed', name: part };
      return { kind: variable[2] ? 'greedy' : 'variable', name: variable[1] ?? '' };
    });
  return { route, method, segments, rank: segments.map(({ kind }) => RANK[kind]) };
}

function match(segments: Segment[], parts: string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [i, { kind, name }] of segments.entries()) {
    const part = parts[i];
    if (part === undefined) return undefined;
    if (kind === 'fixed') {
      if (part !== name) return undefined;
      continue;
    }
    if (part === '') return undefined;
    if (kind === 'greedy') {
      parameters[name] = parts.slice(i).join('/');
      return parameters;
    }
    parameters[name] = part;
  }
  return parts.length === segments.length ? parameters : undefined;
}

function compareRanks(a: number[], b: number[]): number {
  for (const [i, rank] of a.entries()) {
    const other = b[i];
    if (other === undefined) return -1; // the longer path is more specific
    if (rank !== other) return rank - other;
  }
  return a.length === b.length ? 0 : 1;
}
