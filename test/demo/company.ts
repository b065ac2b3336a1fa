import type { CalendarInput, TaskInput } from '../../shared/client/client.ts';

/** A small company's tasks, with all that an operator meets: clocks that change, holidays, limits, failures. */

export const HANDLERS_FILE = new URL('./handlers.ts', import.meta.url);

export interface DemoTask extends TaskInput {
  id: string;
  handler: string;
}

export const CALENDARS: Record<string, CalendarInput> = {
  'bank-holidays': {
    name: 'Days on which no bank works',
    timezone: 'Europe/Berlin',
    dates: ['--01-01', '--05-01', '--12-25', '--12-26'],
    weekdays: ['sat', 'sun'],
  },
  'stock-taking': {
    name: 'The warehouse counts',
    timezone: 'Europe/Berlin',
    ranges: [{ from: '2026-12-28', to: '2026-12-31' }],
  },
};

type Schedule = TaskInput['schedule'];
const cron = (timezone: string, ...expressions: string[]) => ({
  kind: 'cron' as const,
  expressions,
  timezone,
});
const every = (seconds: number) => ({ kind: 'interval' as const, seconds });

const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';
const TOKYO = 'Asia/Tokyo';

const billing = (id: string, name: string, schedule: Schedule, more: Partial<DemoTask> = {}): DemoTask => ({
  id: `billing-${id}`,
  name,
  handler: 'billing.invoice',
  queue: 'high',
  tags: ['billing', 'finance'],
  schedule,
  concurrency: [{ key: 'card-terminal', limit: 2 }],
  ...more,
});
const report = (id: string, name: string, schedule: Schedule, more: Partial<DemoTask> = {}): DemoTask => ({
  id: `report-${id}`,
  name,
  handler: 'reports.export',
  tags: ['reports'],
  schedule,
  payload: { report: id, bucket: 'reports-prod', format: 'xlsx' },
  ...more,
});
const feed = (supplier: string, schedule: Schedule, more: Partial<DemoTask> = {}): DemoTask => ({
  id: `import-${supplier}`,
  name: `Prices and stock of ${supplier[0]?.toUpperCase()}${supplier.slice(1)}`,
  handler: 'imports.feed',
  tags: ['imports', 'suppliers'],
  schedule,
  payload: { supplier },
  rateLimit: [{ key: 'supplier-gateway', limit: 10, perSeconds: 60 }],
  ...more,
});
const mail = (id: string, name: string, schedule: Schedule, more: Partial<DemoTask> = {}): DemoTask => ({
  id: `mail-${id}`,
  name,
  handler: 'mail.send',
  tags: ['mail'],
  schedule,
  payload: { template: id },
  ...more,
});
const upkeep = (
  id: string,
  name: string,
  handler: string,
  schedule: Schedule,
  more: Partial<DemoTask> = {},
) => ({
  id,
  name,
  handler,
  queue: 'low',
  tags: ['upkeep'],
  schedule,
  ...more,
});
const copy = (table: string, schedule: Schedule, more: Partial<DemoTask> = {}): DemoTask => ({
  ...upkeep(`warehouse-${table}`, `Copy ${table} to the warehouse`, 'warehouse.sync', schedule),
  payload: { table, replica: 'eu-1' },
  tags: ['upkeep', 'warehouse'],
  // Its line is narrow: they wait for each other all day.
  concurrency: [{ key: 'warehouse-line', limit: 1 }],
  ...more,
});
const probe = (service: string, seconds: number): DemoTask => ({
  id: `probe-${service}`,
  name: `Is ${service} there?`,
  handler: 'health.probe',
  queue: 'high',
  tags: ['probes'],
  schedule: every(seconds),
  payload: { url: `https://${service}.internal.example/health` },
});

const FEW_RETRIES = { limit: 1, baseSeconds: 2, strategy: 'fixed' } as const;

export const TASKS: readonly DemoTask[] = [
  billing('invoices-daily', 'Invoices of the day', {
    ...cron(BERLIN, '30 6 * * *'),
    calendars: [{ id: 'bank-holidays', mode: 'shift' }],
  }),
  billing('invoices-monthly', 'Invoices of the month', {
    kind: 'rrule',
    rule: 'FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=0',
    timezone: BERLIN,
  }),
  billing('charge-cards', 'Charge cards', every(300)),
  billing('charge-c-1042', 'Charge customer C-1042', cron(BERLIN, '*/20 * * * *'), {
    payload: { customer: 'C-1042', card: 'declined' },
    retry: FEW_RETRIES,
  }),
  billing('dunning', 'Remind those who owe', cron(BERLIN, '0 10 * * 2,4'), {
    deadline: { seconds: 1_800 },
    onSuccess: [{ taskId: 'mail-dunning' }],
  }),
  billing('payouts', 'Pay out partners', {
    ...cron(BERLIN, '15 14 * * 1-5'),
    calendars: [{ id: 'bank-holidays', mode: 'skip' }],
  }),
  billing('exchange-rates', 'Exchange rates of the ECB', cron(BERLIN, '5 16 * * 1-5')),
  billing('vat-return', 'VAT return', cron(BERLIN, '0 8 10 * *'), {
    description: 'Due on the tenth of each month.',
  }),
  report('sales-daily', 'Sales of yesterday', cron(BERLIN, '30 2 * * *'), {
    description: 'Half past two is jumped over in March and comes twice in October.',
    onSuccess: [{ taskId: 'mail-sales-daily' }],
    deadline: { seconds: 3_600 },
  }),
  report('sales-us', 'Sales, United States', cron(NEW_YORK, '0 6 * * *')),
  report('sales-jp', 'Sales, Japan', cron(TOKYO, '0 7 * * *')),
  report('stock', 'Stock by warehouse', cron(BERLIN, '0 5 * * 1-6')),
  report('returns', 'Returns and their reasons', cron(BERLIN, '*/30 * * * *'), {
    payload: { report: 'returns', bucket: 'reports-prd', format: 'xlsx' },
    retry: FEW_RETRIES,
  }),
  report('margins', 'Margins', cron(BERLIN, '10 * * * *'), {
    payload: { report: 'margins', bucket: 'reports-prd', format: 'pdf' },
    retry: FEW_RETRIES,
  }),
  report('board', 'Figures for the board', cron(BERLIN, '0 7 1 1,4,7,10 *'), { queue: 'high' }),
  report('campaigns', 'Campaigns of the week', cron(BERLIN, '0 8 * * 1')),
  report('carriers', 'Carriers and their delays', every(900)),
  report('audit-log', 'Audit log for the archive', cron('UTC', '0 0 * * *')),
  feed('northwind', every(600)),
  feed('contoso', every(900)),
  feed('lumen', cron('UTC', '*/15 * * * *'), { retry: FEW_RETRIES }),
  feed('fabrikam', cron(NEW_YORK, '0 */2 * * *')),
  feed('tailspin', cron(NEW_YORK, '20 3 * * *')),
  feed('kyoto-paper', cron(TOKYO, '0 9 * * 1-5')),
  feed('acme', every(1_200)),
  feed('wide-world', cron('Australia/Sydney', '30 2 * * *')),
  feed('relecloud', cron('UTC', '*/30 * * * *'), {
    stop: { afterConsecutiveFailures: 3 },
    retry: { limit: 0 },
  }),
  feed('adatum', cron('America/Sao_Paulo', '0 4 * * *')),
  mail('sales-daily', 'Sales of yesterday, to those who sell', cron(BERLIN, '0 8 1 1 *')),
  mail('dunning', 'Reminders, by mail', cron(BERLIN, '0 8 1 1 *')),
  mail('welcome', 'Welcome new customers', every(120)),
  mail('newsletter', 'Newsletter', cron(BERLIN, '0 11 * * 3'), { queue: 'low' }),
  mail('abandoned-carts', 'Carts that were left', every(600)),
  mail('birthdays', 'Birthdays', cron(BERLIN, '0 9 * * *')),
  mail('order-confirmations', 'Confirm orders', every(60), { queue: 'high' }),
  mail('reviews', 'Ask for reviews', cron(BERLIN, '0 18 * * *')),
  mail('stock-alerts', 'It is there again', every(420)),
  upkeep('search-products', 'Search: products', 'search.index', every(180)),
  upkeep('search-help', 'Search: help pages', 'search.index', cron('UTC', '17 * * * *')),
  copy('orders', every(60)),
  copy('clicks', every(60), { deadline: { seconds: 20 } }),
  copy('visits', every(90), { overlap: 'queue' }),
  copy('customers', cron(BERLIN, '*/10 * * * *'), {
    payload: { table: 'customers', replica: 'eu-2' },
    retry: FEW_RETRIES,
  }),
  upkeep('warehouse-year', 'Close the year in the warehouse', 'warehouse.sync', {
    ...cron(BERLIN, '0 3 31 12 *'),
    calendars: [{ id: 'stock-taking', mode: 'shift' }],
  }),
  upkeep('purge-sessions', 'Sessions that ended', 'cleanup.purge', every(600)),
  upkeep('purge-exports', 'Exports older than a month', 'cleanup.purge', cron('UTC', '40 1 * * *')),
  upkeep('purge-logs', 'Logs older than a quarter', 'cleanup.purge', cron('UTC', '50 1 * * 0')),
  upkeep(
    'purge-personal-data',
    'Personal data that nobody may keep',
    'cleanup.purge',
    cron(BERLIN, '30 2 * * *'),
    {
      tags: ['upkeep', 'privacy'],
      deadline: { seconds: 7_200 },
    },
  ),
  upkeep('rotate-keys', 'New keys', 'cleanup.purge', cron('UTC', '0 4 1 * *'), {
    tags: ['upkeep', 'security'],
  }),
  upkeep('certificates', 'Certificates that end soon', 'health.probe', cron('UTC', '0 6 * * *'), {
    tags: ['upkeep', 'security'],
  }),
  upkeep('backup-check', 'Can the backup be read?', 'cleanup.purge', cron('UTC', '0 5 * * *')),
  upkeep('new-article-numbers', 'New article numbers', 'cleanup.purge', { kind: 'now' }),
  upkeep('cache-warm', 'Warm the cache', 'search.index', every(300)),
  upkeep('images', 'Smaller images', 'search.index', every(540)),
  upkeep('sitemap', 'Site map', 'search.index', cron('UTC', '0 3 * * *')),
  probe('shop', 30),
  probe('checkout', 30),
  probe('search', 60),
  probe('warehouse', 60),
  probe('identity', 60),
  probe('mail', 120),
];

/** By task: why it is. */
export const PAUSED: Record<string, string> = {
  'mail-newsletter': 'Legal looks at the new text until Thursday',
  'import-tailspin': 'They move to a new gateway: INC-2214',
  images: 'Too much load while the sale is on',
};

/** By task: of how many past hours its beats are made good for. */
export const BACKFILLED: Record<string, number> = {
  'report-sales-us': 24 * 7,
  'report-stock': 24 * 7,
  'search-help': 24,
  'report-margins': 5,
  'billing-charge-c-1042': 3,
  'import-lumen': 4,
  'import-relecloud': 3,
  'report-returns': 6,
};

/** Run besides their schedules, so that there is something to see at once. */
export const TRIGGERED: readonly string[] = [
  'billing-invoices-daily',
  'billing-dunning',
  'billing-payouts',
  'billing-vat-return',
  'report-sales-daily',
  'report-board',
  'warehouse-customers',
  'import-fabrikam',
  'import-adatum',
  'import-kyoto-paper',
  'purge-exports',
  'certificates',
];

/** Tasks of a larger company: each of its branches does the same at minutes of its own. */
export function branchTasks(count: number): DemoTask[] {
  const kinds = [
    { handler: 'reports.export', what: 'report', tags: ['reports', 'branches'], queue: 'low' },
    { handler: 'imports.feed', what: 'import', tags: ['imports', 'branches'], queue: 'default' },
    { handler: 'mail.send', what: 'mail', tags: ['mail', 'branches'], queue: 'default' },
    { handler: 'cleanup.purge', what: 'cleanup', tags: ['upkeep', 'branches'], queue: 'low' },
  ] as const;
  return Array.from({ length: count }, (_, n) => {
    const kind = kinds[n % kinds.length] ?? kinds[0];
    const branch = String(1 + Math.floor(n / kinds.length)).padStart(4, '0');
    return {
      id: `branch-${branch}-${kind.what}`,
      name: `Branch ${branch}: ${kind.what}`,
      handler: kind.handler,
      queue: kind.queue,
      tags: [...kind.tags],
      schedule: cron(ZONES[n % ZONES.length] ?? 'UTC', `${n % 60} ${(n * 7) % 24} * * *`),
      payload: { branch, bucket: 'reports-prod' },
    };
  });
}
const ZONES = [BERLIN, NEW_YORK, TOKYO, 'UTC', 'Europe/London', 'Australia/Sydney'];
