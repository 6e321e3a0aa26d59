import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { addressesInHostsFile } from '../../src/http/hosts-file.ts'

test('all addresses of a name in the hosts file are found, in any letter case, and none of another name', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'koa-wp-connect-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const file = join(folder, 'hosts')
  const lines = [
    '# 10.0.0.1 comment.example',
    '10.0.0.2 one.example\tTWO.example # 10.0.0.3 comment.example',
    '  fe80::1   two.example  ',
    'nonsense three.example',
    '',
    `10.0.0.4 ${'x'.repeat(1024 * 1024)}`,
    '10.0.0.5 far.example',
  ]
  await writeFile(file, lines.join('\r\n'))
  const find = (name: string) => addressesInHostsFile(name, file)
  t.deepEqual(await find('one.example'), ['10.0.0.2'])
  t.deepEqual(await find('two.example'), ['10.0.0.2', 'fe80::1'])
  for (const name of ['comment.example', 'three.example', 'example', 'far.example']) t.deepEqual(await find(name), [])
  t.deepEqual(await addressesInHostsFile('one.example', join(folder, 'none')), [])
})
