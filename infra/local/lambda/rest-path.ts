/** The name under which Lambda's API is served. Unlike the others it puts the operation into method and path. */
export const LAMBDA = 'lambda';

const MAPPINGS = /^\/2015-03-31\/event-source-mappings(?:\/([^/?]+))?\/?(?:\?(.*))?$/;

/**
 * What a request asks for, as far as it is served here; undefined otherwise.
 * docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html
 */
export function lambdaOperation(
  method: string,
  url: string,
): { operation: string; parameters: Record<string, string> } | undefined {
  const match = MAPPINGS.exec(url);
  if (!match) return undefined;
  const [, id, query] = match;
  if (id === undefined) {
    const parameters = Object.fromEntries(new URLSearchParams(query));
    return method === 'GET' ? { operation: 'ListEventSourceMappings', parameters } : undefined;
  }
  const parameters = { UUID: decodeURIComponent(id) };
  if (method === 'GET') return { operation: 'GetEventSourceMapping', parameters };
  return method === 'PUT' ? { operation: 'UpdateEventSourceMapping', parameters } : undefined;
}
