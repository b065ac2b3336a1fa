import fc from 'fast-check';
import type { Role } from '../support/cases/case.ts';
import type { Contract, DocumentedOperation, DocumentedParameter } from '../support/openapi.ts';
import { makeArbitraries } from './schema-arbitrary.ts';
import { noBody, spoiled, wrongHeader, wrongSegment, wrongType } from './wrong.ts';

/** A request before it is known which ids there are. */
export interface Plan {
  operation: DocumentedOperation;
  method: string;
  /** In the order of the path: encoded text, or a choice among the ids that answers have named. */
  segments: readonly Segment[];
  /** Instead of the operation's path. */
  path: string | undefined;
  query: readonly (readonly [string, string])[];
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
  who: Who;
}
export type Segment = { known: number; otherwise: string } | { text: string };
export type Who = { role: Role; tenant: 'root' | 'other' } | { credential: string | undefined };

const MAYBE = { weight: 3, arbitrary: fc.constant(undefined) };
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];
const ELSEWHERE = [
  '/',
  '//',
  '/v1',
  '/v1/',
  '/v1/nothing',
  '/v2/tasks',
  '/v1/tasks/',
  '/v1/tasks//pause',
  '/V1/tasks',
];

const who: fc.Arbitrary<Who> = fc.oneof(
  { weight: 20, arbitrary: fc.constant({ role: 'admin', tenant: 'root' } as const) },
  {
    weight: 3,
    arbitrary: fc.record({
      role: fc.constantFrom('viewer' as const, 'operator' as const, 'admin' as const),
      tenant: fc.constantFrom('root' as const, 'other' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      credential: fc.constantFrom(
        undefined,
        'Bearer',
        'Bearer x',
        'Bearer esc_01KAJ3V1Q2M8W4C6Z7X9R0T5YB_0',
        'Bearer eyJhbGciOiJub25lIn0.e30.',
        'Basic YTpi',
        `Bearer ${'x'.repeat(2_000)}`,
      ),
    }),
  },
);

export function makePlans({ operations, document }: Contract, nowMs: number): fc.Arbitrary<Plan> {
  const { valuesOf } = makeArbitraries(document.components.schemas, nowMs);

  const textOf = (schema: unknown): fc.Arbitrary<string> => valuesOf(schema).map((value) => String(value));

  const segmentOf = ({ schema, example }: DocumentedParameter): fc.Arbitrary<Segment> =>
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.nat().map((known) => ({ known, otherwise: encodeURIComponent(String(example)) })),
      },
      {
        weight: 2,
        arbitrary: textOf(schema).map((text) => ({ text: encodeURIComponent(text.toWellFormed()) })),
      },
      { weight: 1, arbitrary: wrongSegment.map((text) => ({ text })) },
    );

  /** Mostly nothing, else mostly what is described. */
  const valueFor = ({ schema, example }: DocumentedParameter): fc.Arbitrary<string | undefined> =>
    fc.oneof(
      { weight: 8, arbitrary: fc.constant(undefined) },
      { weight: 2, arbitrary: example === undefined ? textOf(schema) : fc.constant(String(example)) },
      { weight: 2, arbitrary: textOf(schema) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
    );

  const strangeQuery: fc.Arbitrary<readonly (readonly [string, string])[]> = fc.oneof(
    { weight: 18, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        [['unknown', '1']] as const,
        [['__proto__', 'x']] as const,
        [
          ['limit', '1'],
          ['limit', '2'],
        ] as const,
        [['', '']] as const,
        [['cursor', 'x'.repeat(5_000)]] as const,
      ),
    },
  );

  const bodyOf = (operation: DocumentedOperation): fc.Arbitrary<string | undefined> => {
    const media = Object.values(operation.requestBody?.content ?? {})[0];
    if (!media) return fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, noBody);
    const valid = valuesOf(media.schema);
    const near = fc
      .record({ value: valid, keep: fc.boolean() })
      .map(({ value, keep }) =>
        keep && typeof media.example === 'object' && typeof value === 'object'
          ? { ...value, ...media.example }
          : value,
      );
    return fc.oneof(
      { weight: 3, arbitrary: fc.constant(JSON.stringify(media.example)) },
      { weight: 8, arbitrary: near.map((value) => JSON.stringify(value)) },
      { weight: 5, arbitrary: fc.oneof(near, fc.constant(media.example)).chain(spoiled) },
      { weight: 1, arbitrary: noBody },
      { weight: 1, arbitrary: fc.constant(undefined) },
    );
  };

  const typeFor = (operation: DocumentedOperation) => {
    const types = Object.keys(operation.requestBody?.content ?? { 'application/json': {} });
    return fc.oneof(
      { weight: 15, arbitrary: fc.constantFrom(...types) },
      { weight: 1, arbitrary: wrongType },
    );
  };

  const planOf = (operation: DocumentedOperation): fc.Arbitrary<Plan> => {
    const of = (place: string) => operation.parameters.filter((parameter) => parameter.in === place);
    const named = <T>(place: string, values: (parameter: DocumentedParameter) => fc.Arbitrary<T>) =>
      fc.record(Object.fromEntries(of(place).map((parameter) => [parameter.name, values(parameter)])));
    return fc
      .record({
        method: fc.oneof(
          { weight: 25, arbitrary: fc.constant(operation.method) },
          { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
        ),
        segments: fc.tuple(...of('path').map(segmentOf)),
        path: fc.oneof({ weight: 60, arbitrary: fc.constant(undefined) }, fc.constantFrom(...ELSEWHERE)),
        query: named('query', valueFor),
        strange: strangeQuery,
        header: named('header', (parameter) => fc.oneof(MAYBE, valueFor(parameter), wrongHeader)),
        type: typeFor(operation),
        body: bodyOf(operation),
        who,
      })
      .map(({ query, strange, header, type, ...plan }) => ({
        operation,
        ...plan,
        query: [...present(query), ...strange],
        headers: Object.fromEntries([
          ...(plan.body === undefined ? [] : [['content-type', type] as const]),
          ...present(header).map(([name, value]) => [name, value.replaceAll(/[^\x20-\x7e]/g, '')] as const),
        ]),
      }));
  };

  return fc.oneof(...operations.map(planOf));
}

const present = (given: Readonly<Record<string, string | undefined>>): (readonly [string, string])[] =>
  Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
