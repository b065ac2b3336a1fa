import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';
import type { NewToken } from '../../../../../../shared/client/client.ts';

/** Closed by its button only: whoever clicks beside it has not copied it yet. */
export function TokenShownOnce({ token, onClose }: { token: NewToken; onClose(): void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title="The new token"
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <Alert color="yellow" title="Copy it now">
          This is the only time that it is shown.
        </Alert>
        <Code block data-token style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {token.token}
        </Code>
        <Text size="sm">
          {token.role} of {token.tenant}
          {token.name && `, for ${token.name}`}
        </Text>
        <Group justify="space-between">
          <CopyButton value={token.token}>
            {({ copied, copy }) => (
              <Button variant={copied ? 'light' : 'filled'} onClick={copy} data-autofocus>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
          <Button variant="default" onClick={onClose}>
            I have it
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
