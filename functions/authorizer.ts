import { makeAuthorizer } from './authorizer-handler.ts';
import { authorizerRuntime } from './runtime.ts';

export const handler = makeAuthorizer(authorizerRuntime());
