import { Anchor, Button, Center, Divider, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { useSession } from '../session/session-context.tsx';

export function Login() {
  useDocumentTitle('Log in · Escapement');
  const session = useSession();
  const [token, setToken] = useState('');
  const logIn = useMutation({ mutationFn: () => session.logIn(token.trim()) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    logIn.mutate();
  };
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" maw={460} w="100%">
        <Stack>
          <div>
            <Title order={1} size="h2">
              Escapement
            </Title>
            <Text c="dimmed">Log in to see what runs, and to put right what does not.</Text>
          </div>
          {session.settings.oidc && (
            <>
              <Button onClick={() => session.logInByProvider()}>
                Log in at {new URL(session.settings.oidc.issuer).host}
              </Button>
              <Divider label="or with a token" />
            </>
          )}
          <form onSubmit={submit}>
            <Stack>
              <PasswordInput
                label="API token"
                description="npm start prints one; escapement tokens create makes more. It is kept until this tab is closed."
                value={token}
                onChange={(event) => setToken(event.currentTarget.value)}
                autoComplete="off"
                required
                data-autofocus
              />
              <Button type="submit" loading={logIn.isPending}>
                Log in
              </Button>
            </Stack>
          </form>
          {logIn.error && <ProblemAlert error={logIn.error} />}
          <Text size="xs" c="dimmed">
            Version {session.settings.version} · <Anchor href="/docs">API</Anchor>
          </Text>
        </Stack>
      </Paper>
    </Center>
  );
}
