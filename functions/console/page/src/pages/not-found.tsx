import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Page } from '../parts/page.tsx';

export function NotFound() {
  return (
    <Page title="Nothing here">
      <Text>
        There is no such page.{' '}
        <Anchor component={Link} to="/">
          Go to the beginning
        </Anchor>
        , or press Ctrl K to find something.
      </Text>
    </Page>
  );
}
