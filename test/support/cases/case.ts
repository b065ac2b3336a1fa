import type { GivenAnswer } from '../openapi.ts';

/** What calls of the API look like, for whoever sends them: into the handler, or over HTTP. */

export type Role = 'viewer' | 'operator' | 'admin';

export interface CaseRequest {
  /** Of the path. */
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body?: unknown;
  /** null: without a credential; the role that the operation asks for when absent. */
  role?: Role | null;
  /** root when absent. */
  tenant?: string;
}

/** Something to send requests into, with what the API alone does not bring about at once. */
export interface CaseWorld {
  /** That nobody has used. */
  newId(): string;
  /** Sends, and refuses any answer but success. */
  // biome-ignore lint/suspicious/noExplicitAny: cases look into whatever comes back
  must(operationId: string, request?: CaseRequest): Promise<any>;
  /** Id of a run that gave up. */
  deadRun(): Promise<string>;
  /** Id of a task of which nothing is due any more. */
  completedTask(): Promise<string>;
  /** A run that goes on outside, and the token of its holder. */
  handedOff(): Promise<{ id: string; token: string }>;
}

/** One answer of an operation, and how to get it. */
export interface Case {
  status: number;
  request(world: CaseWorld): CaseRequest | Promise<CaseRequest>;
}

/**
 * By operation. The first case is one of success: what every operation refuses alike (no credential, a role too low, an
 * unknown query parameter …) is tried on its request, so that only what is special to an operation stands here.
 */
export type Cases = Readonly<Record<string, readonly [Case, ...Case[]]>>;

export interface RawCall {
  method: string;
  path: string;
  query: string;
  headers: Readonly<Record<string, string>>;
  text: string | undefined;
  role: Role | null;
  tenant: string;
}
export type Send = (call: RawCall) => Promise<GivenAnswer>;
