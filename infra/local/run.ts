import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findApp, NoAppError } from './cdk-app.ts';
import { lockDataDirectory } from './data-lock.ts';
import { DeclarationError } from './declarations/carry-out.ts';
import { type Engine, startEngine } from './engine.ts';
import { type HttpServer, openHttpServer } from './http/server.ts';
import { COMPILE_CACHE } from './lambda/host.ts';
import { watchParent } from './parent-watch.ts';
import { createReport, describe, type Report } from './report.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';
import { SynthesisError, synthesize } from './synthesis.ts';
import { readAssembly } from './template/assembly.ts';
import { TemplateError } from './template/intrinsics.ts';
import { welcome } from './welcome.ts';

/** Under the 10 s promised to whoever sent the signal. */
const GRACE_MS = 8_500;
/** Killed with npm: as after a crash the table knows how to go on, and a successor may be waiting. */
const SHORT_GRACE_MS = 500;
/** Ctrl-C reaches us from the terminal, and again from npm, which passes it on. */
const SAME_SIGNAL_MS = 1_000;
/** A predecessor may be dying. */
const PORT_PATIENCE_MS = 5_000;
const LOCK_PATIENCE_MS = 12_000;

/** What a person can mend is said in a line; anything else with its stack. */
class StartError extends Error {}

export async function run(): Promise<void> {
  process.stdout.on('error', () => {}); // whoever read our output is gone; that is no reason to end
  process.stderr.on('error', () => {});
  const report = createReport(process.stdout);
  try {
    const settings = readSettings(report.warn);
    await serve(settings, report);
  } catch (error) {
    const isKnown = [
      StartError,
      SettingsError,
      NoAppError,
      SynthesisError,
      TemplateError,
      DeclarationError,
    ].some((known) => error instanceof known);
    report.say(
      `Escapement cannot start: ${isKnown && error instanceof Error ? error.message : describe(error)}`,
    );
    process.exit(1);
  }
}

async function serve(settings: Settings, report: Report): Promise<void> {
  const ending = Promise.withResolvers<number>();
  let engine: Engine | undefined;
  onEnd(settings, report, (graceMs) => {
    if (!engine) process.exit(0); // nothing runs yet that would have to finish
    ending.resolve(graceMs);
  });

  const startedAt = performance.now();
  const { dataDirectory } = settings;
  const app = findApp(settings.workingDirectory);
  if (!app.isHouse && settings.handlersFile !== undefined)
    throw new StartError(`ESCAPEMENT_HANDLERS: the app in ${app.directory} names its handlers itself`);
  if (!app.isHouse && settings.faults.length > 0)
    throw new StartError('ESCAPEMENT_FAULT is for the tests of this scheduler, not for other apps');
  const unlock = await lockDataDirectory(dataDirectory, LOCK_PATIENCE_MS, () =>
    report.say('  waiting for the previous engine to let go of the data folder'),
  );
  if (!unlock)
    throw new StartError(`another engine uses ${dataDirectory}; set ESCAPEMENT_DATA to another folder`);
  const server = await openPort(settings, report);
  const outputDirectory = join(dataDirectory, 'cdk.out');
  await synthesize({
    outputDirectory,
    app,
    ...(app.isHouse && { context: houseContext(settings) }),
    handlersFile: settings.handlersFile,
    environment: settings.inherited,
    onSlow() {
      // Compiled forms of bundles that will not come back.
      rmSync(join(dataDirectory, COMPILE_CACHE), { recursive: true, force: true });
      const kept = app.isHouse ? ' (kept for the next start)' : '';
      report.say(`  synthesizing the stack and bundling its functions${kept}`);
    },
  });
  report.say('  starting tables, queues and functions');
  engine = await startEngine({
    assembly: readAssembly(outputDirectory, settings.stack),
    // This repository's template is run as a whole; another may hold anything.
    leavesOut: !app.isHouse,
    dataDirectory,
    server,
    givenToken: settings.token,
    passedOn: settings.passedOn,
    faults: settings.faults,
    report,
  });
  keepGoing(report);
  for (const line of welcome({
    url: server.url,
    hasConsole: engine.plan.httpApi?.routes.some(({ key }) => key.endsWith(' /console')) ?? false,
    awsEndpointUrl: engine.awsEndpointUrl,
    adminToken: engine.adminToken,
    signingKeyFile: engine.signingKeyFile,
    showPath: (path) => relative(process.cwd(), path) || path,
    hasDemoHandlers: app.isHouse && settings.handlersFile === undefined,
    nextTickAt: engine.nextTickAt(),
    tookMs: performance.now() - startedAt,
  }))
    report.say(line);

  await engine.stop(await ending.promise);
  unlock();
  report.say('Stopped.');
  process.exit(0);
}

/** Whoever starts the engine for himself needs no protection from his own requests, unless he says so. */
const UNLIMITED = { requestsPerSecond: 10_000, burst: 5_000, routes: {} };

const houseContext = ({
  api,
  auth,
  canary,
  events,
  handlersFile,
  targets,
}: Settings): Record<string, unknown> => ({
  'escapement.canary': canary,
  ...Object.fromEntries(
    Object.entries({ ...UNLIMITED, ...api }).map(([name, value]) => [`escapement.api.${name}`, value]),
  ),
  ...(auth !== undefined && { 'escapement.auth': auth }),
  ...(targets !== undefined && { 'escapement.targets': targets }),
  ...(events !== undefined && { 'escapement.events': events }),
  ...(handlersFile !== undefined && { 'escapement.handlers': handlersFile }),
});

/** Signals and the loss of our parent end us; a second signal does so at once. */
function onEnd(settings: Settings, report: Report, end: (graceMs: number) => void): void {
  let askedAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (askedAt !== undefined) {
      if (performance.now() - askedAt > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    askedAt = performance.now();
    report.say(`${signal}: letting running work finish (once more to stop at once)`);
    end(GRACE_MS);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onSignal);
  if (settings.followsParent) watchParent((how) => end(how === 'killed' ? SHORT_GRACE_MS : GRACE_MS));
}

/** From now on one failing request or timer must not take everything else down. */
function keepGoing(report: Report): void {
  process.on('uncaughtException', (error) => report.log.error('unexpected', {}, error));
  process.on('unhandledRejection', (error) => report.log.error('unexpected', {}, error));
}

async function openPort({ host, port }: Settings, report: Report): Promise<HttpServer> {
  const until = performance.now() + PORT_PATIENCE_MS;
  for (;;) {
    try {
      return await openHttpServer({ host, port, warn: report.warn });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EACCES')
        throw new StartError(`port ${port} is not for everybody; set ESCAPEMENT_PORT to another`);
      if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
        throw new StartError(`ESCAPEMENT_HOST: ${host} is no address of this machine`);
      if (code !== 'EADDRINUSE') throw error;
      if (performance.now() > until)
        throw new StartError(`port ${port} is in use; set ESCAPEMENT_PORT to another one`);
      await sleep(100);
    }
  }
}
