import { startWordPress, testWithMariaDb } from '../support/wordpress.ts'
import { commandLine } from './command-line.ts'

const testWordPress = await testWithMariaDb()

testWordPress('--dry-run writes nothing, not even the site’s tables', async t => {
  const wordpress = await startWordPress(t)
  const { ok, fails } = await commandLine(t)
  const to = `--to=${wordpress.url}`
  for (const _ of ['once', 'again']) {
    t.regex(await fails('export', 'wordpress', to, '--dry-run'), /^Error: No site found: /)
  }
  await ok('user', 'create', 'ann', 'ann@example.com', '--user_pass=correct horse battery staple')
  t.is(await ok('export', 'wordpress', to, '--dry-run'), 'Success: Would export 1 user and 0 application passwords.\n')
  t.is((await wordpress.knex('wp_users').where({ user_login: 'ann' })).length, 0)
  t.is(await ok('export', 'wordpress', to), 'Success: Exported 1 user and 0 application passwords.\n')
})
