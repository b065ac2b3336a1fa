import { Checkbox, Skeleton, Table, VisuallyHidden } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { type RowData, useTable } from '@tanstack/react-table';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Pages } from '../data/use-pages.ts';
import { useStable } from '../data/use-stable.ts';
import { type Columns, DataRow, features } from './data-row.tsx';
import { MorePages } from './more-pages.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { StackingTable } from './stacking-table.tsx';

export type { Columns } from './data-row.tsx';

interface Props<T extends RowData> {
  /** What the rows are, for those who hear the page. */
  label: string;
  columns: Columns<T>;
  pages: Pages<T>;
  idOf(row: T): string;
  /** Enter on the row at hand, or a click on it. */
  onOpen?: (row: T) => void;
  empty: ReactNode;
  /** In px; it scrolls where there is less, unless its rows are cards there. @default 640 */
  minWidth?: number;
  selection?: { ids: ReadonlySet<string>; onChange(ids: ReadonlySet<string>): void };
}

const SKELETONS = ['1', '2', '3', '4', '5', '6'];

/** Enter means something of its own there. */
const ACTED_ON = 'a, button, input, select, textarea, [role="dialog"]';

/** The arrows mean something of their own there. */
const MOVED_IN = '[role="menu"], [role="dialog"]';

/** A list of things: j and k or the arrows move, Enter opens, x selects. */
export function DataTable<T extends RowData>({ pages, selection, ...props }: Props<T>) {
  const { idOf, onOpen } = props;
  const { items } = pages;
  const table = useTable({ features, columns: props.columns, data: items, getRowId: idOf });
  const [at, setAt] = useState(-1);
  const body = useRef<HTMLTableSectionElement>(null);
  useEffect(() => {
    // Enter is then of the row, whatever was pressed before.
    const row = body.current?.querySelectorAll<HTMLElement>(':scope > tr')[at];
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  const move = (by: number) => {
    if (document.activeElement?.closest(MOVED_IN)) return;
    setAt((old) => Math.max(0, Math.min(items.length - 1, old + by)));
  };
  const row = items[at];
  const open = useStable((one: T) => onOpen?.(one));
  const toggle = useStable((id: string) => {
    const ids = new Set(selection?.ids);
    if (!ids.delete(id)) ids.add(id);
    selection?.onChange(ids);
  });
  useHotkeys([
    ['j', () => move(1)],
    ['k', () => move(-1)],
    ['ArrowDown', () => move(1)],
    ['ArrowUp', () => move(-1)],
    [
      'Enter',
      () => row && !document.activeElement?.closest(ACTED_ON) && onOpen?.(row),
      { preventDefault: false },
    ],
    ['x', () => row && selection && toggle(idOf(row))],
  ]);

  if (pages.error) return <ProblemAlert error={pages.error} retry={pages.reload} />;
  if (!pages.isLoading && items.length === 0 && !pages.hasMore) return props.empty;
  const allSelected = items.length > 0 && items.every((item) => selection?.ids.has(idOf(item)));
  return (
    <>
      <StackingTable
        label={props.label}
        minWidth={props.minWidth ?? 640}
        highlightOnHover
        verticalSpacing="xs"
      >
        <Table.Thead>
          {table.getHeaderGroups().map((group) => (
            <Table.Tr key={group.id}>
              {selection && (
                <Table.Th w={40} data-card="select">
                  <Checkbox
                    aria-label="Select all that are shown"
                    checked={allSelected}
                    indeterminate={!allSelected && selection.ids.size > 0}
                    onChange={() => selection.onChange(new Set(allSelected ? [] : items.map(idOf)))}
                  />
                </Table.Th>
              )}
              {group.headers.map((header) => (
                <Table.Th key={header.id}>
                  {header.column.columnDef.header === '' ? (
                    <VisuallyHidden>Actions</VisuallyHidden>
                  ) : (
                    <table.FlexRender header={header} />
                  )}
                </Table.Th>
              ))}
            </Table.Tr>
          ))}
        </Table.Thead>
        <Table.Tbody ref={body}>
          {pages.isLoading &&
            SKELETONS.map((name) => (
              <Table.Tr key={name}>
                <Table.Td colSpan={props.columns.length + (selection ? 1 : 0)}>
                  <Skeleton h={20} />
                </Table.Td>
              </Table.Tr>
            ))}
          {table.getRowModel().rows.map((each, index) => (
            <DataRow
              key={each.id}
              row={each}
              columns={props.columns}
              isAt={index === at}
              isSelected={selection?.ids.has(each.id)}
              onOpen={open}
              onToggle={toggle}
            />
          ))}
        </Table.Tbody>
      </StackingTable>
      <MorePages pages={pages} />
    </>
  );
}
