import common from './ava.config.js'
import { pack } from './test/support/packed.ts'

/** The sites of `examples/`, each installed with the package as it is published, packed once. */
export default {
  ...common,
  // Strapi has a run of its own: npm run test:strapi.
  files: ['test/hosts/**/*.test.ts', '!test/hosts/strapi.test.ts'],
  serial: true,
  concurrency: 1,
  timeout: '10m',
  environmentVariables: { ...common.environmentVariables, PACKED: pack() },
}
