import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { readWordPress } from '../../../src/transfer/import/read-wordpress.ts'
import { cpuTime } from '../../support/cpu-time.ts'
import { folderWith } from '../../support/folder.ts'

test('a large value takes no longer in a gzipped dump than in a plain one', async t => {
  const dump = join(await folderWith(t, {}), 'wordpress.sql.gz')
  const post = 'x'.repeat(8 * 1024 * 1024)
  const sql = [
    'CREATE TABLE `wp_users` (`ID` int, `user_login` text);',
    'CREATE TABLE `wp_usermeta` (`umeta_id` int, `user_id` int, `meta_key` text, `meta_value` text);',
    `INSERT INTO \`wp_posts\` VALUES ('${post}');`,
    "INSERT INTO `wp_users` VALUES (1, 'ann');",
  ]
  await writeFile(dump, gzipSync(sql.join('\n')))
  const logins: string[] = []
  const cost = await cpuTime(async () => {
    for await (const { login } of readWordPress({ dump })) logins.push(login)
  })
  t.deepEqual(logins, ['ann'])
  t.true(cost < 4000, `${cost} ms of CPU`)
})
