import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** The layout as law: each rule names its reason, so that whoever trips over it learns why. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MAX_LINES = 300;

interface Source {
  path: string;
  text: string;
  imports: string[];
}

const walk = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return walk(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g;

const sources: Source[] = ['infra', 'functions', 'shared'].flatMap(walk).map((path) => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const imports = [...text.matchAll(IMPORT)].flatMap((match) => match[1] ?? match[2] ?? match[3] ?? []);
  return { path, text, imports };
});

/** `shared/domain/x.ts` for what lies in this repository, the package name for the rest. */
const target = (source: Source, specifier: string): string => {
  if (specifier === '#handlers') return 'functions/handlers/index.ts';
  if (!specifier.startsWith('.')) return `package:${specifier}`;
  return relative(ROOT, resolve(ROOT, dirname(source.path), specifier));
};

interface Arrow {
  from: RegExp;
  to: RegExp;
  except?: RegExp;
  why: string;
}

const SDK = /^package:@aws-sdk\//;
const FORBIDDEN: Arrow[] = [
  {
    from: /^shared\/domain\//,
    to: /^(?!shared\/domain\/)(?!package:)/,
    why: 'the domain is the ground: pure rules that know nothing of contract, ports, stores or functions',
  },
  {
    from: /^shared\/contract\//,
    to: /^(?!shared\/(domain|contract)\/)(?!package:)/,
    why: 'the contract speaks about the domain only',
  },
  {
    from: /^shared\/(ports|access-ports|flow-ports|stats-ports|tenant-ports|messages)\.ts$/,
    to: /^(?!shared\/(domain\/|ports\.ts|messages\.ts))(?!package:zod)/,
    why: 'ports and messages are what the two sides agree on; they lean on neither',
  },
  {
    from: /^shared\/usecases\//,
    to: /^(?!shared\/(domain|contract|usecases)\/|shared\/(ports|access-ports|flow-ports|stats-ports|tenant-ports|messages)\.ts)(?!package:)/,
    why: 'a use case sees the outside through ports only',
  },
  {
    from: /^shared\/(domain|contract|usecases|ports|access-ports|flow-ports|stats-ports|tenant-ports|messages)/,
    to: SDK,
    why: 'only adapters speak to AWS; everything else is tested without it',
  },
  {
    from: /^shared\/usecases\//,
    to: /^shared\/usecases\/[^/]+\.ts$/,
    why: 'a use case never calls another; what two of them share is a part in a folder beside them',
  },
  {
    from: /^shared\/adapters\//,
    to: /^shared\/(usecases|client)\//,
    why: 'adapters are called, they do not call back up',
  },
  { from: /^shared\//, to: /^(functions|infra)\//, why: 'shared is imported, it never imports its users' },
  {
    from: /^shared\/client\//,
    to: /^shared\/(domain|usecases|adapters|ports|access-ports|flow-ports|stats-ports|tenant-ports|messages)/,
    why: 'client and command line know a deployment by its contract only',
  },
  {
    from: /^functions\//,
    to: /^shared\/adapters\//,
    except:
      /^functions\/(runtime|edits-runtime|inbox-runtime|declare-runtime|api\/runtime|authorizer-runtime)\.ts$/,
    why: 'the composition root alone builds clients; a function gets what it needs handed in',
  },
  { from: /^functions\//, to: /^infra\//, why: 'functions run in AWS, where infra is not' },
  {
    from: /^infra\/(?!local\/)/,
    to: /^(functions|shared)\/(?!env\.ts|domain\/(limits|time)\.ts|contract\/)/,
    why: 'infra shares names and limits with the functions, and nothing of how they work',
  },
  { from: /./, to: /^test\//, why: 'nothing ships that is made for tests' },
];

const arrows = sources.flatMap((source) =>
  source.imports.map((specifier) => ({ from: source.path, to: target(source, specifier) })),
);

describe('imports point one way', () => {
  it.each(FORBIDDEN)('$from does not import $to: $why', ({ from, to, except, why }) => {
    const wrong = arrows.filter(
      (arrow) => from.test(arrow.from) && to.test(arrow.to) && !except?.test(arrow.from),
    );
    expect(wrong, why).toEqual([]);
  });

  it('and never in a circle', () => {
    const graph = Map.groupBy(arrows, ({ from }) => from);
    const done = new Set<string>();
    const visit = (path: string, trail: string[]): string[] | undefined => {
      if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
      if (done.has(path)) return undefined;
      for (const { to } of graph.get(path) ?? []) {
        const circle = visit(to, [...trail, path]);
        if (circle) return circle;
      }
      done.add(path);
      return undefined;
    };
    const circles = sources.flatMap(({ path }) => visit(path, [])?.join(' → ') ?? []);
    expect([...new Set(circles)]).toEqual([]);
  });
});

/** Code without its comments, which may well speak of clocks. */
const code = ({ text }: Source): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');

describe('time, chance and settings come in as arguments', () => {
  const pure = sources.filter(({ path }) => /^shared\/(?!adapters\/|client\/)/.test(path));
  it.each([
    ['the wall clock', /\bDate\.now\(|new Date\(\)|performance\.now\(/],
    ['chance', /\bMath\.random\(|\brandomUUID\(|\brandomBytes\(/],
    ['timers', /\bsetTimeout\(|\bsetInterval\(/],
  ])('%s is not read where decisions are made, or no test could turn it by hand', (_, pattern) => {
    expect(pure.filter((source) => pattern.test(code(source))).map(({ path }) => path)).toEqual([]);
  });

  it('process.env has one reader on each side, so that every setting is checked in one place', () => {
    const readers = sources.filter((source) => /\bprocess\.env\b/.test(code(source))).map(({ path }) => path);
    expect(
      readers.filter(
        (path) => !/^(functions\/env|infra\/local\/settings|shared\/client\/cli\/system-io)\.ts$/.test(path),
      ),
    ).toEqual([]);
  });

  it('a status is set by transitions only, so that the life cycle can be read in one place', () => {
    const setters = sources.filter(
      (source) =>
        /^(functions|shared\/(usecases|adapters))\//.test(source.path) &&
        /\bset:\s*\{[^}]*\bstatus:/.test(code(source)),
    );
    expect(setters.map(({ path }) => path)).toEqual([]);
  });
});

describe('files', () => {
  it(`hold one idea: none has more than ${MAX_LINES} lines, half have at most 150`, () => {
    const lengths = sources.map(({ path, text }) => ({ path, lines: text.split('\n').length }));
    expect(lengths.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
    const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(150);
  });

  it('have names in kebab-case, and none merely passes on what others export', () => {
    expect(sources.filter(({ path }) => !/^[a-z0-9./-]+$/.test(path)).map(({ path }) => path)).toEqual([]);
    const barrels = sources.filter(({ text }) => /^export \* from /m.test(text));
    expect(barrels.map(({ path }) => path)).toEqual([]);
  });
});

it('zod is imported as a namespace: the object `z` would carry every language it speaks into each bundle', () => {
  const carried = sources.filter(({ text }) => /import (type )?\{[^}]*\} from 'zod'/.test(text));
  expect(carried.map(({ path }) => path)).toEqual([]);
});

it('the client needs nothing but the platform, so that it runs in browsers, too', () => {
  const client = sources.filter(({ path }) => /^shared\/client\/[^/]+$/.test(path));
  expect(client.map(({ path }) => path)).toContain('shared/client/client.ts');
  // A type is gone when the program runs.
  const needed = client.flatMap(({ path, text }) =>
    text
      .split('\n')
      .filter((line) => /^(import|export) (?!type ).*from '(?!\.\/)/.test(line))
      .map((line) => `${path}: ${line}`),
  );
  expect(needed).toEqual([]);
  expect(client.filter((source) => /\b(process|Buffer)\./.test(code(source)))).toEqual([]);
});

it('tick, dispatch, sweeper and authorizer carry no schedule libraries, which would slow their cold starts', () => {
  const lazy = new Set(
    sources.flatMap((source) =>
      [...source.text.matchAll(/await import\('([^']+)'\)/g)].map(
        ([, specifier = '']) => `${source.path} ${target(source, specifier)}`,
      ),
    ),
  );
  const imports = Map.groupBy(
    arrows.filter(({ from, to }) => !lazy.has(`${from} ${to}`)),
    ({ from }) => from,
  );
  const reachable = new Set(
    ['tick', 'dispatch', 'sweeper', 'authorizer'].map((name) => `functions/${name}.ts`),
  );
  for (const path of reachable) for (const { to } of imports.get(path) ?? []) reachable.add(to);
  // What is imported as a type only is in no bundle, so this looks at the modules that hold the libraries.
  const carried = [...reachable].filter((path) =>
    /^package:(cron-parser|cronstrue|rrule-temporal)/.test(path),
  );
  expect(carried).toEqual([]);
});

it('the lock file holds no download addresses, so that any registry mirror serves it', () => {
  expect(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).not.toContain('"resolved": "http');
});
