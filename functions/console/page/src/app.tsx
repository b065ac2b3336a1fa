import { createTheme, MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { queryClient } from './data/query-client.ts';
import { nonce } from './nonce.ts';
import { router } from './router.tsx';
import { SessionProvider } from './session/session-context.tsx';
import { PreferencesProvider } from './shell/preferences.tsx';

const theme = createTheme({
  primaryColor: 'cyan',
  // Text on filled colours, and coloured text, reaches the contrast of WCAG AA in both themes.
  primaryShade: { light: 9, dark: 8 },
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: 'system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  cursorType: 'pointer',
});

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={nonce}>
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
