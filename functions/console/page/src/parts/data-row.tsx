import { Checkbox, Table } from '@mantine/core';
import {
  type ColumnDef,
  FlexRender,
  metaHelper,
  type Row,
  type RowData,
  tableFeatures,
} from '@tanstack/react-table';
import { memo } from 'react';

interface ColumnMeta {
  /**
   * On a card of a phone: what it is about, a value that needs no name, or left out, since the row's own page says it.
   * @default the first column is the title, one without a name has the actions, any other stands behind its name
   */
  card?: 'title' | 'bare' | 'none';
}
export const features = tableFeatures({ columnMeta: metaHelper<ColumnMeta>() });
type Features = typeof features;
/** Keep them outside of components: a new array would build the table anew. */
export type Columns<T extends RowData> = ColumnDef<Features, T>[];

interface Props<T extends RowData> {
  row: Row<Features, T>;
  columns: Columns<T>;
  /** The keyboard is at it. */
  isAt: boolean;
  /** undefined: none can be selected. */
  isSelected: boolean | undefined;
  /** Always the same functions: a row renders when what it shows has changed, whatever became of the others. */
  onOpen(row: T): void;
  onToggle(id: string): void;
}

function PlainRow<T extends RowData>({ row, isAt, isSelected, onOpen, onToggle }: Props<T>) {
  return (
    <Table.Tr data-at={isAt || undefined} tabIndex={-1} onClick={() => onOpen(row.original)}>
      {isSelected !== undefined && (
        <Table.Td data-card="select" onClick={(event) => event.stopPropagation()}>
          <Checkbox aria-label={`Select ${row.id}`} checked={isSelected} onChange={() => onToggle(row.id)} />
        </Table.Td>
      )}
      {row.getAllCells().map((cell, column) => (
        <Table.Td key={cell.id} {...cardOf(cell.column.columnDef, column)}>
          <FlexRender cell={cell} />
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

/** The table hands out new rows with each page; what they are of stays the same. */
const isSame = <T extends RowData>(before: Props<T>, now: Props<T>): boolean =>
  before.row.original === now.row.original &&
  before.row.id === now.row.id &&
  before.columns === now.columns &&
  before.isAt === now.isAt &&
  before.isSelected === now.isSelected;

export const DataRow = memo(PlainRow, isSame) as typeof PlainRow;

function cardOf({ header, meta }: { header?: unknown; meta?: ColumnMeta }, at: number) {
  if (header === '') return { 'data-card': 'actions' };
  const card = meta?.card ?? (at === 0 ? 'title' : undefined);
  return card === undefined ? { 'data-label': String(header) } : { 'data-card': card };
}
