import { Alert, Button, Code, List, Text } from '@mantine/core';
import { ConnectionError, ProblemError } from '../../../../../shared/client/client.ts';

/** `validation-failed` → `Validation failed` */
const titleOf = (code: string): string => {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** What the API said, in full: what is wrong, where, and the id by which it is found in the logs. */
export function ProblemAlert({ error, retry }: { error: unknown; retry?: () => void }) {
  const again = retry && (
    <Button mt="sm" size="xs" variant="default" onClick={retry}>
      Try again
    </Button>
  );
  if (error instanceof ProblemError) {
    const { detail, errors, status, code, requestId } = error;
    return (
      <Alert color="red" title={titleOf(code)} role="alert">
        <Text size="sm">{detail}</Text>
        {errors.length > 0 && (
          <List size="sm" mt="xs">
            {errors.map(({ path, message }) => (
              <List.Item key={`${path} ${message}`}>
                {path && <Code>{path}</Code>} {message}
              </List.Item>
            ))}
          </List>
        )}
        <Text size="xs" c="dimmed" mt="xs">
          {status} · {code} · request {requestId}
        </Text>
        {again}
      </Alert>
    );
  }
  return (
    <Alert color="red" title="That did not work" role="alert">
      <Text size="sm">{problemText(error)}</Text>
      {again}
    </Alert>
  );
}

/** In a line. */
export function problemText(error: unknown): string {
  if (error instanceof ProblemError) return error.detail ?? titleOf(error.code);
  return error instanceof ConnectionError ? 'The API cannot be reached. Is it running?' : String(error);
}
