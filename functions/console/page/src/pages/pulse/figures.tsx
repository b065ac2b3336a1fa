import { Paper, SimpleGrid, Text } from '@mantine/core';
import { type Place, usePlaceAnchor } from '../../parts/place-link.tsx';

export interface Figure {
  name: string;
  /** undefined: not known yet. */
  count: number | undefined;
  /** There are more than were counted. */
  more?: boolean;
  about: string;
  /** That it is not zero is nothing good. */
  isBad?: boolean;
  place: Place;
}

export function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <SimpleGrid cols={{ base: 2, xs: 3, md: 5 }} spacing="sm">
      {figures.map((figure) => (
        <FigureCard key={figure.name} {...figure} />
      ))}
    </SimpleGrid>
  );
}

function FigureCard({ name, count, more = false, about, isBad = false, place }: Figure) {
  return (
    <Paper withBorder p="sm" component="a" {...usePlaceAnchor(place)} c="inherit" td="none">
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text fz={28} fw={700} lh={1.2} data-numbers {...(isBad && count ? { c: 'red' } : {})}>
        {count === undefined ? '–' : `${count.toLocaleString()}${more ? '+' : ''}`}
      </Text>
      <Text size="xs" c="dimmed">
        {about}
      </Text>
    </Paper>
  );
}
