import { Checkbox, Skeleton, Table, VisuallyHidden } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { type ColumnDef, metaHelper, type RowData, tableFeatures, useTable } from '@tanstack/react-table';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Pages } from '../data/use-pages.ts';
import { MorePages } from './more-pages.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { StackingTable } from './stacking-table.tsx';

interface ColumnMeta {
  /**
   * On a card of a phone: what it is about, a value that needs no name, or left out, since the row's own page says it.
   * @default the first column is the title, one without a name has the actions, any other stands behind its name
   */
  card?: 'title' | 'bare' | 'none';
}
const features = tableFeatures({ columnMeta: metaHelper<ColumnMeta>() });
/** Keep them outside of components: a new array would build the table anew. */
export type Columns<T extends RowData> = ColumnDef<typeof features, T>[];

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
  const toggle = (id: string) => {
    const ids = new Set(selection?.ids);
    if (!ids.delete(id)) ids.add(id);
    selection?.onChange(ids);
  };
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
            <Table.Tr
              key={each.id}
              data-at={index === at || undefined}
              tabIndex={-1}
              onClick={() => onOpen?.(each.original)}
            >
              {selection && (
                <Table.Td data-card="select" onClick={(event) => event.stopPropagation()}>
                  <Checkbox
                    aria-label={`Select ${each.id}`}
                    checked={selection.ids.has(each.id)}
                    onChange={() => toggle(each.id)}
                  />
                </Table.Td>
              )}
              {each.getAllCells().map((cell, column) => (
                <Table.Td key={cell.id} {...cardOf(cell.column.columnDef, column)}>
                  <table.FlexRender cell={cell} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </StackingTable>
      <MorePages pages={pages} />
    </>
  );
}

function cardOf({ header, meta }: { header?: unknown; meta?: ColumnMeta }, at: number) {
  if (header === '') return { 'data-card': 'actions' };
  const card = meta?.card ?? (at === 0 ? 'title' : undefined);
  return card === undefined ? { 'data-label': String(header) } : { 'data-card': card };
}
