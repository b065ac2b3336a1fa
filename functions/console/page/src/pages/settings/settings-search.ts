import * as z from 'zod/mini';

export const SECTIONS = ['about', 'handlers', 'calendars', 'variables', 'tokens', 'tenants'] as const;
export type Section = (typeof SECTIONS)[number];

const SettingsSearchSchema = z.object({ section: z.catch(z.optional(z.enum(SECTIONS)), undefined) });
export type SettingsSearch = z.infer<typeof SettingsSearchSchema>;

export const readSettingsSearch = (search: Record<string, unknown>): SettingsSearch =>
  SettingsSearchSchema.parse(search);
