import { tmpdir } from 'node:os'
import { join } from 'node:path'

export default {
  extensions: { ts: 'module' },
  // Those of test/hosts install the package in sites of others, which takes minutes: npm run test:hosts and test:strapi.
  files: ['test/**/*.test.ts', '!test/hosts/**'],
  // Node 24 sometimes crashes when a worker thread ends that has run WebAssembly, as the fast hash does.
  workerThreads: false,
  // Without the end of any test; on a busy machine a browser takes its time.
  timeout: '3m',
  // Each file is a process, and many start more: they need not all strip the same types and compile the same code.
  environmentVariables: { NODE_COMPILE_CACHE: join(tmpdir(), 'koa-wp-connect-compile-cache') },
}
