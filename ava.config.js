export default {
  extensions: { ts: 'module' },
  files: ['test/**/*.test.ts'],
  timeout: '60s',
  // A database server allows fewer connections than tests at once would open.
  serial: Boolean(process.env.TEST_DATABASE_URL),
}
