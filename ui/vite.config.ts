/** Builds the page into `dist/`, which the wheel carries and the API server serves; in development, passes `/api` on. */
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const server = process.env['ARGOSY_SERVER'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': `${import.meta.dirname}/src` } },
  server: { host: '127.0.0.1', proxy: { '/api': server } },
  // No data: URLs, so that the server may send a content security policy without exceptions for them.
  build: { assetsInlineLimit: 0, sourcemap: false },
  worker: { format: 'es' },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
})
