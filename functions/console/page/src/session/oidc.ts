import { UserManager, WebStorageStateStore } from 'oidc-client-ts';

/** Authorization code with PKCE (RFC 7636); the token lives as long as the tab. */
export function makeLogin({ issuer, clientId }: { issuer: string; clientId: string }) {
  const manager = new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: `${window.location.origin}/console`,
    response_type: 'code',
    scope: 'openid profile email',
    userStore: new WebStorageStateStore({ store: window.sessionStorage }),
    stateStore: new WebStorageStateStore({ store: window.sessionStorage }),
    automaticSilentRenew: true,
  });
  return {
    begin: () => manager.signinRedirect({ state: window.location.pathname + window.location.search }),
    /** After the provider sent the browser back; resolves with the address at which the login began. */
    finish: async (): Promise<string> => {
      const place = (await manager.signinCallback())?.state;
      return typeof place === 'string' && place.startsWith('/console') ? place : '/console';
    },
    /** The present one, renewed when it is about to end. */
    token: async (): Promise<string | undefined> => (await manager.getUser())?.id_token,
    end: () => manager.removeUser(),
  };
}
