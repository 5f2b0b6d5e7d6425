import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// Where `letopis serve` answers while the page is served by `npm run dev`.
const api = process.env.LETOPIS_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  build: {
    target: 'es2022',
    manifest: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    // What the first page waits for is one file, not a hundred small ones: over HTTP/1.1 they wait for each other. The page
    // and the module it names stay the entry.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', test: (id) => !/(index\.html|main\.tsx)$/.test(id), tags: ['$initial'] }] } } },
  },
  worker: { format: 'es' },
  // Lazily loaded parts bring these: found one by one, each would reload the page of `npm run dev`.
  optimizeDeps: {
    include: [
      '@mantine/core', '@mantine/form', '@mantine/hooks', '@mantine/notifications', '@mantine/spotlight', '@tabler/icons-react',
      '@tanstack/react-query', '@tanstack/react-router', '@tanstack/react-virtual', '@xyflow/react', '@dagrejs/dagre', 'openapi-fetch',
    ],
  },
  server: { proxy: { '/v1': api } },
  test: {
    environment: 'happy-dom',
    environmentOptions: { happyDOM: { url: 'http://letopis.example' } },
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/testing.ts'],
  },
})
