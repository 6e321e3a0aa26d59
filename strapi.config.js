import common from './ava.config.js'

/** Strapi takes minutes to install: ~/.cache/koa-wp-connect keeps it from one run to the next. */
export default {
  ...common,
  files: ['test/hosts/strapi.test.ts'],
  timeout: '15m',
}
