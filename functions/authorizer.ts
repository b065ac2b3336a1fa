import { makeAuthorizer } from './authorizer-handler.ts';
import { authorizerRuntime } from './authorizer-runtime.ts';

export const handler = makeAuthorizer(authorizerRuntime());
