import * as z from 'zod/mini';

/** What the deployment says about itself before anybody is logged in: `/console/settings.json`. */
const SettingsSchema = z.object({
  version: z.string(),
  oidc: z.nullable(z.object({ issuer: z.string(), clientId: z.string() })),
});
export type Settings = z.infer<typeof SettingsSchema>;

export async function loadSettings(): Promise<Settings> {
  const reply = await fetch('/console/settings.json');
  if (!reply.ok) throw new Error(`/console/settings.json answered ${reply.status}`);
  return SettingsSchema.parse(await reply.json());
}
