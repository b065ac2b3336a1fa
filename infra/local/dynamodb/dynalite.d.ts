/**
 * The parts of dynalite 4.0.0 that the engine uses: request validation and the expression parsers. dynalite is
 * plain JavaScript; these declarations are the one place where its shapes are taken on trust.
 */
declare module 'dynalite/db/index.js' {
  interface ServiceError extends Error {
    statusCode: number;
    body: Record<string, unknown>;
  }
  type Refusal = ServiceError | null | undefined;
  const db: {
    validateKey(key: object, table: object): Refusal;
    validateItem(item: object, table: object): Refusal;
    validateUpdates(attributeUpdates: undefined, updates: object | undefined, table: object): Refusal;
    validateKeyPaths(nestedPaths: Record<string, boolean> | undefined, table: object): Refusal;
    mapPaths<Value>(
      paths: readonly (readonly (string | number)[])[],
      item: Record<string, Value>,
    ): Record<string, Value>;
    /** Order-preserving text of a number. */
    toLexiStr(value: string, type: 'N'): string;
  };
  export default db;
}

declare module 'dynalite/validations/index.js' {
  const validations: {
    /** Drops unknown fields, refuses wrong JSON types; what comes back has the operation's shape. */
    checkTypes<Request>(data: unknown, types: object): Request;
    checkValidations(
      data: unknown,
      types: object,
      custom: ((data: never, store: object) => string | undefined) | undefined,
      store: object,
    ): void;
    validateExpressions(data: object): string | undefined;
  };
  export default validations;
}

declare module 'dynalite/validations/*' {
  const validation: {
    types: Record<string, unknown>;
    custom?: (data: never, store: object) => string | undefined;
  };
  export default validation;
}

declare module 'dynalite/db/*' {
  interface ParseContext {
    attrNames?: Record<string, string> | null;
    attrVals?: Record<string, unknown> | null;
    unusedAttrNames: Record<string, boolean>;
    unusedAttrVals: Record<string, boolean>;
    compare?: () => boolean;
  }
  const parser: { parse(expression: string, options: { context: ParseContext }): unknown };
  export default parser;
}
