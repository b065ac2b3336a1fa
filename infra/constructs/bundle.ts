import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { builtPage } from './console-page.ts';

/** The repository; in the package its `dist`, which holds the same files compiled. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEMO_HANDLERS = 'functions/handlers/index';

/** CommonJS packages inside an ES module call `require`. */
const REQUIRE_BANNER =
  "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);";

export interface BundleProps {
  /** Output name → source file, relative to the repository and both without extension. `index` is what Lambda loads. */
  entries: Readonly<Record<string, string>>;
  /**
   * File that stands in for the handlers registry.
   * @default - the demo handlers
   */
  handlers?: string;
  /**
   * Puts the built console beside them, as `page/`.
   * @default false
   */
  page?: boolean;
}

/** One self-contained ES module per entry (`<name>.mjs` with its source map), AWS SDK included, so that what was tested is what runs. */
export function bundle(props: BundleProps): Code {
  return Code.fromAsset(ROOT, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never used, since tryBundle builds or throws; the command keeps the assets of different entries apart.
      image: DockerImage.fromRegistry('unused'),
      command: [JSON.stringify(props)],
      local: {
        tryBundle(outputDirectory) {
          writeBundle(props, outputDirectory);
          return true;
        },
      },
    },
  });
}

/** Same sources, same bytes: paths inside are relative to the repository, wherever the output goes. */
export function writeBundle(props: BundleProps, outputDirectory: string): void {
  const { outputFiles } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: Object.entries(props.entries).map(([out, source]) => ({ in: resolve(ROOT, source), out })),
    outdir: join(ROOT, 'dist'),
    write: false,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    // Runs report their errors by class name.
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    loader: { '.html': 'text', '.css': 'text', '.svg': 'text' },
    banner: { js: REQUIRE_BANNER },
    alias: { '#handlers': props.handlers ? resolve(props.handlers) : join(ROOT, DEMO_HANDLERS) },
    logLevel: 'warning',
  });
  mkdirSync(outputDirectory, { recursive: true });
  for (const file of outputFiles) writeFileSync(join(outputDirectory, basename(file.path)), file.contents);
  if (props.page) cpSync(builtPage(ROOT), join(outputDirectory, 'page'), { recursive: true });
}
