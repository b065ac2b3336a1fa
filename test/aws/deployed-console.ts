import { createClient } from '../../shared/client/client.ts';
import { type ConsoleUnderTest, makeTokens } from '../console/global-setup.ts';
import type { Target } from '../e2e/global-setup.ts';
import { launchBrowserServer } from '../support/chromium.ts';

/** The emulator starts a process for each request that comes while others are under way. */
const PATIENCE_MS = 60_000;

/** The console of a deployment at its own address, in a browser that finds the way there; `close` ends the browser. */
export async function openDeployedConsole(target: Target, apiUrl: string) {
  const { AWS_ENDPOINT_URL: emulator } = process.env;
  const browser = await launchBrowserServer(emulator ? leadingTo(apiUrl, emulator) : []);
  const close = () => browser.close();
  try {
    const tokens = await makeTokens(createClient(target));
    const console: ConsoleUnderTest = {
      url: target.url,
      browserUrl: apiUrl,
      browser: browser.wsEndpoint(),
      patienceMs: PATIENCE_MS,
      tokens,
    };
    return { console, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What no name server knows is at the emulator. */
const leadingTo = (apiUrl: string, emulator: string): string[] => [
  `--host-resolver-rules=MAP ${new URL(apiUrl).hostname} ${new URL(emulator).host}`,
  '--no-proxy-server',
];
