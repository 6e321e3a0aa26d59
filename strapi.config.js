/** Strapi takes minutes to install: ~/.cache/koa-wp-connect keeps it from one run to the next. */
export default {
  extensions: { ts: 'module' },
  files: ['test/hosts/strapi.test.ts'],
  workerThreads: false,
  timeout: '15m',
}
