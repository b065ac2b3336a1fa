interface GatewayProblem {
  status: number;
  title: string;
  detail: string;
  /** When it comes; absent where no operation of ours can be answered so. */
  says?: string;
  /** What API Gateway says in its place. */
  message: string;
}

/**
 * What is answered before a function is asked, or in place of one. The embedded engine says it in problem documents;
 * API Gateway says `{ "message" }`, for the answers of an HTTP API cannot be shaped.
 */
export const GATEWAY_PROBLEMS = {
  'bad-request': {
    status: 400,
    title: 'Bad request',
    detail: 'This is no HTTP request that can be understood',
    says: 'a request line that cannot be read',
    message: 'Bad Request',
  },
  unauthenticated: {
    status: 401,
    title: 'Not authenticated',
    detail: 'A valid credential is needed: Authorization: Bearer <token>',
    message: 'Unauthorized',
  },
  forbidden: {
    status: 403,
    title: 'Not allowed',
    detail: 'The authorizer does not let this request pass',
    message: 'Forbidden',
  },
  'route-not-found': {
    status: 404,
    title: 'No such path',
    detail: 'There is nothing at this path',
    message: 'Not Found',
  },
  'request-timeout': {
    status: 408,
    title: 'Request took too long',
    detail: 'The request took too long to arrive',
    says: 'a request that arrives too slowly',
    message: 'Request Timeout',
  },
  'payload-too-large': {
    status: 413,
    title: 'Body too large',
    detail: 'The body has more bytes than any endpoint takes',
    says: 'a body over 10 MB',
    message: 'Request Entity Too Large',
  },
  throttled: {
    status: 429,
    title: 'Too many requests',
    detail: 'More requests come than the API is set to take; try again later',
    says: 'more requests than the API or this route is set to take',
    message: 'Too Many Requests',
  },
  'headers-too-large': {
    status: 431,
    title: 'Headers too large',
    detail: 'Request line and headers may have 10,240 bytes at most',
    says: 'request line and headers over 10,240 bytes',
    message: 'Request Header Fields Too Large',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong here. The request id leads to the log entry.',
    says: 'a function that could not be run',
    message: 'Internal Server Error',
  },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    detail: 'The function is busy, took too long, or has not started yet',
    says: 'no answer in time',
    message: 'Service Unavailable',
  },
} as const satisfies Record<string, GatewayProblem>;

export type GatewayCode = keyof typeof GATEWAY_PROBLEMS;
