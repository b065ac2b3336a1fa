import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { queryClient } from './data/query-client.ts';
import { nonce } from './nonce.ts';
import { router } from './router.tsx';
import { SessionProvider } from './session/session-context.tsx';
import { PreferencesProvider } from './shell/preferences.tsx';
import { readable, theme } from './theme.ts';

export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={readable}
      defaultColorScheme="auto"
      getStyleNonce={nonce}
    >
      <PreferencesProvider>
        <QueryClientProvider client={queryClient}>
          <ModalsProvider>
            <Notifications position="bottom-right" />
            <SessionProvider>
              <RouterProvider router={router} />
            </SessionProvider>
          </ModalsProvider>
        </QueryClientProvider>
      </PreferencesProvider>
    </MantineProvider>
  );
}
