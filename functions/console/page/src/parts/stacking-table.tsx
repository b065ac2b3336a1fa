import { Table, type TableProps } from '@mantine/core';
import './stacking-table.css';

interface Props extends TableProps {
  /** What the rows are, for those who hear the page. */
  label: string;
  /** In px: it scrolls where there is less, until its rows are cards. */
  minWidth: number;
}

/**
 * A table whose rows are cards where there is as little room as on a phone. `data-card` of a cell says what it is there:
 * `select`, `title` and `actions` make the first line, the others follow, each behind its `data-label`, if it has one.
 */
export function StackingTable({ label, minWidth, children, ...rest }: Props) {
  return (
    <div data-stacking>
      <Table.ScrollContainer minWidth={minWidth}>
        <Table aria-label={label} {...rest}>
          {children}
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}
