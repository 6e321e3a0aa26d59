import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fastHash, loadFastHash } from '../../src/crypto/fast-hash.ts'
import { freshDatabase } from '../support/database.ts'
import { block, blocks } from '../support/markdown.ts'
import { freePort, ROOT, SHOWN_PASSWORD, serve, shell } from '../support/shell.ts'
import { SECRET } from '../support/site.ts'
import { entry, startWordPress, testWithMariaDb } from '../support/wordpress.ts'

const PATH = 'docs/features/import-from-wordpress.md'
const ACCOUNT = '$wp$2y$10$BWSWPrkAaZnDWD8kmlix1.g0mnKV.6jAJsO.fMbk2v9zsudYC2iVS'
const testWordPress = await testWithMariaDb()

testWordPress(
  'every command of docs/features/import-from-wordpress.md, in order, prints what is shown there',
  async t => {
    t.timeout(120_000)
    await loadFastHash()
    const wordpress = await startWordPress(t)
    const password = (number: number, secret: string) =>
      entry({ uuid: `40e7e519-0f4d-4c0c-9f5a-00000000000${number}`, password: fastHash(secret.replaceAll(' ', '')) })
    await wordpress.addAll([
      { login: 'ann', pass: ACCOUNT, passwords: [password(1, SHOWN_PASSWORD), password(2, 'another')] },
      { login: 'bob', pass: ACCOUNT, passwords: [password(3, 'a third')] },
      { login: 'carla', pass: ACCOUNT, roles: null },
    ])

    const folder = await mkdtemp(join(tmpdir(), 'koa-wp-connect-import-'))
    t.teardown(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'koa-wp-connect'), `#!/bin/sh\nexec node ${ROOT}/src/cli/main.ts "$@"\n`)
    await chmod(join(folder, 'koa-wp-connect'), 0o755)
    await copyFile(await wordpress.dump(), join(folder, 'wordpress.sql'))
    const env = { DATABASE_URL: await freshDatabase(t), CONNECT_SECRET: SECRET }
    const type = (command: string) => shell(`PATH=${folder}:$PATH; ${command}`, { cwd: folder, env })

    const transcripts = blocks(PATH, 'console')
    t.is(transcripts.length, 4)
    for (const step of transcripts.flatMap(transcript => transcript.split(/^\$ /m)).filter(Boolean)) {
      const [command = '', ...shown] = step.split('\n')
      // Somebody who is here only.
      if (command.includes('export')) {
        await type('koa-wp-connect user create dora dora@example.com')
        await type('koa-wp-connect user application-password create dora Zapier')
      }
      const { output } = await type(command.replace(/mysql:\S+/, wordpress.url))
      if (!command.endsWith('migrate')) t.is(output, shown.join('\n'), command)
    }

    const port = await freePort()
    const url = `http://localhost:${port}`
    await serve(t, `PATH=${folder}:$PATH; koa-wp-connect serve`, url, {
      cwd: folder,
      env: { ...env, PORT: String(port) },
    })
    const { output } = await shell(
      block(PATH, 'sh', 'curl').replace('curl', 'curl -s').replace('https://example.com', url),
    )
    t.is(JSON.parse(output).name, 'ann')
  },
)
