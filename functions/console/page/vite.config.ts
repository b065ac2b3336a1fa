import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Replaced in every answer by what the browser is told to trust (functions/console/page-file.ts). */
const NONCE = '__CSP_NONCE__';
const COMPRESSED = /\.(js|css|html|svg|json)$/;

/** An HTTP API compresses nothing itself. */
const compressed = (): Plugin => ({
  name: 'compressed',
  apply: 'build',
  writeBundle({ dir = '' }) {
    for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
      // The page itself is different each time.
      if (!COMPRESSED.test(name) || name === 'index.html') continue;
      const bytes = readFileSync(join(dir, name));
      writeFileSync(join(dir, `${name}.br`), brotliCompressSync(bytes));
      writeFileSync(join(dir, `${name}.gz`), gzipSync(bytes));
    }
  },
});

export default defineConfig({
  base: '/console/',
  plugins: [react(), compressed()],
  html: { cspNonce: NONCE },
  build: {
    manifest: true,
    // data: addresses would need a weaker policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:4650' } },
});
