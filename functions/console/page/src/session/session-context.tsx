import { Center, Loader } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { type Client, createClient, type Me, ProblemError } from '../../../../../shared/client/client.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { loadSettings, type Settings } from './settings.ts';
import { tokenStore } from './token-store.ts';

export interface Session {
  settings: Settings;
  /** Who is logged in; undefined: nobody. */
  me: Me | undefined;
  client: Client;
  /** Throws the API's problem when the token lets nobody in. */
  logIn(token: string): Promise<void>;
  /** Leaves the page for the identity provider. */
  logInByProvider(): Promise<void>;
  logOut(): Promise<void>;
}

const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('outside of SessionProvider');
  return session;
}

/** Of whoever is logged in. */
export const useClient = (): Client => useSession().client;

const RANK = { viewer: 0, operator: 1, admin: 2 } as const;

/** Whether this person may do what asks for the role: what they may not is hidden here, and refused by the API. */
export function useMay(role: keyof typeof RANK): boolean {
  const { me } = useSession();
  return me !== undefined && RANK[me.role] >= RANK[role];
}

/** Admins of root look after what all tenants share. */
export function useMayAll(): boolean {
  const { me } = useSession();
  return me?.role === 'admin' && me.tenant === 'root';
}

const clientOf = (token: () => string | Promise<string>) =>
  createClient({ url: window.location.origin, token });

async function loginOf({ oidc }: Settings) {
  return oidc && (await import('./oidc.ts')).makeLogin(oidc);
}

const cameBackFromProvider = (): boolean => {
  const query = new URLSearchParams(window.location.search);
  return query.has('state') && (query.has('code') || query.has('error'));
};

export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [settings, setSettings] = useState<Settings>();
  const [me, setMe] = useState<Me>();
  const [broken, setBroken] = useState<Error>();

  useEffect(() => {
    restore().then(
      (found) => {
        setMe(found.me);
        setSettings(found.settings);
      },
      (error: unknown) => setBroken(error instanceof Error ? error : new Error(String(error))),
    );
  }, []);

  // A token that was revoked, or came to its end: the page stays where it is, and asks who it is.
  useEffect(
    () =>
      queries.getQueryCache().subscribe(({ query }) => {
        const { error } = query.state;
        if (!(error instanceof ProblemError && error.status === 401)) return;
        tokenStore.clear();
        queries.clear();
        setMe(undefined);
      }),
    [queries],
  );

  const session = useMemo((): Session | undefined => {
    if (!settings) return undefined;
    return {
      settings,
      me,
      client: clientOf(() => currentToken(settings)),
      async logIn(token) {
        setMe(await clientOf(() => token).me());
        tokenStore.write(token);
      },
      async logInByProvider() {
        await (await loginOf(settings))?.begin();
      },
      async logOut() {
        tokenStore.clear();
        await (await loginOf(settings))?.end();
        queries.clear();
        setMe(undefined);
      },
    };
  }, [settings, me, queries]);

  if (broken)
    return (
      <Center mih="100vh" p="md" component="main">
        <ProblemAlert error={broken} retry={() => window.location.reload()} />
      </Center>
    );
  if (!session)
    return (
      <Center h="100vh">
        <Loader aria-label="Loading" />
      </Center>
    );
  return <SessionContext value={session}>{children}</SessionContext>;
}

async function currentToken(settings: Settings): Promise<string> {
  return tokenStore.read() ?? (await (await loginOf(settings))?.token()) ?? '';
}

/** Whoever was logged in before the page was loaded anew still is, unless the credential came to its end. */
async function restore(): Promise<{ settings: Settings; me: Me | undefined }> {
  const settings = await loadSettings();
  const login = await loginOf(settings);
  if (login && cameBackFromProvider()) {
    const finished = login.finish();
    // The code in the address is spent, whatever comes of it.
    window.history.replaceState(null, '', '/console');
    window.history.replaceState(null, '', await finished);
  }
  if ((await currentToken(settings)) === '') return { settings, me: undefined };
  try {
    return { settings, me: await clientOf(() => currentToken(settings)).me() };
  } catch {
    tokenStore.clear();
    return { settings, me: undefined };
  }
}
