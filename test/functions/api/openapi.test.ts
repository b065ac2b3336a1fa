import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../functions/api/openapi.ts';
import { routes } from '../../../functions/api/routes.ts';
import { makeContract } from '../../support/openapi.ts';

const served = JSON.parse(JSON.stringify(openApiDocument(routes, '0.1.0')));
const { document, operations, responseOf, problemsAt } = makeContract(served);
const named = operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const);
const isJson = (type: string) => type.includes('json');

describe('the description of the API', () => {
  it('is OpenAPI 3.1, says a validator that is not ours', async () => {
    const result = await new Validator().validate(structuredClone(served));
    expect(result).toMatchObject({ valid: true });
  });

  it('leads nowhere in vain', () => {
    const references = [...JSON.stringify(served).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, to = '']) => to);
    for (const reference of new Set(references)) {
      const found = reference.split('/').reduce<unknown>((place, step) => Object(place)[step], served);
      expect(found, reference).toBeDefined();
    }
    const used = new Set(references);
    for (const kind of ['schemas', 'responses', 'headers'] as const)
      for (const name of Object.keys(document.components[kind]))
        expect(used, `nobody refers to it`).toContain(`components/${kind}/${name}`);
  });

  it('says of each group what it is about', () => {
    for (const { name, description } of document.tags) expect(description, name).toMatch(/^[A-Z].{10,}\.$/);
  });

  it('stays small enough to be read', () => {
    expect(JSON.stringify(served).length).toBeLessThan(500_000);
  });
});

describe.each(named)('%s', (_, operation) => {
  it('has parameters with a meaning and an example that they take', () => {
    for (const [index, parameter] of operation.parameters.entries()) {
      const { name, description, in: place, example } = parameter;
      expect(description, `${name} is described`).not.toBe(name);
      if (example === undefined) {
        expect([place, name], 'an example is missing').toEqual(['query', 'cursor']);
        continue;
      }
      const at = ['paths', operation.path, operation.method.toLowerCase(), 'parameters', String(index)];
      expect(problemsAt([...at, 'schema'], example), name).toEqual([]);
    }
  });

  it('has a body with an example that it takes', () => {
    const at = ['paths', operation.path, operation.method.toLowerCase(), 'requestBody', 'content'];
    for (const [type, { example }] of Object.entries(operation.requestBody?.content ?? {})) {
      expect(example, `an example of ${type}`).toBeDefined();
      expect(problemsAt([...at, type, 'schema'], example)).toEqual([]);
    }
  });

  it('has answers with examples that are as they are described', () => {
    for (const status of Object.keys(operation.responses)) {
      const { place, response } = responseOf(operation, status) ?? {};
      if (!place || !response) throw new Error(`no answer ${status}`);
      for (const [type, { example, examples }] of Object.entries(response.content ?? {})) {
        if (!isJson(type) || operation.operationId === 'getOpenApi') continue;
        const given = examples ? Object.values(examples).map(({ value }) => value) : [example];
        expect(given.length).toBeGreaterThan(0);
        for (const value of given) {
          expect(value, `an example of ${status}`).toBeDefined();
          expect(problemsAt([...place, 'content', type, 'schema'], value), status).toEqual([]);
        }
      }
    }
  });
});
