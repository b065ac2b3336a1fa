import { existsSync } from 'node:fs';
import { chromium, type LaunchOptions } from 'playwright-core';

const PATH = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'];

/** The browser of this machine, for tests, figures and pictures of the console. */
function options(more: readonly string[] = []): LaunchOptions {
  if (!existsSync(PATH))
    throw new Error(
      `no browser at ${PATH}: install Chromium (apt-get install chromium), or let CHROMIUM_PATH name one`,
    );
  return { executablePath: PATH, args: [...args, ...more] };
}

export const launchBrowser = () => chromium.launch(options());
/** For others to connect to; `more` are arguments of its own. */
export const launchBrowserServer = (more?: readonly string[]) => chromium.launchServer(options(more));
