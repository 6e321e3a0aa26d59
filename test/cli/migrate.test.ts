import test from 'ava'
import { commandLine } from './command-line.ts'

const UP = 'Ran 0001-application-passwords\nRan 0002-embedded-users\nSuccess: Ran 2 migrations.\n'

test('up, up again, down, down again', async t => {
  const { ok } = await commandLine(t)
  t.is(await ok('migrate'), UP)
  t.is(await ok('migrate'), 'Success: The tables are up to date already.\n')
  await ok('user', 'create', 'bob', 'bob@example.com', '--porcelain')
  t.is(
    await ok('migrate', '--down'),
    'Undid 0002-embedded-users\nUndid 0001-application-passwords\nSuccess: Undid 2 migrations.\n',
  )
  t.is(await ok('migrate', '--down'), 'Success: There was nothing to undo.\n')
  t.is(await ok('migrate'), UP)
  t.is(await ok('user', 'list', '--format=count'), '0\n')
})

test('the other commands migrate by themselves', async t => {
  const { ok } = await commandLine(t)
  t.is(await ok('user', 'list', '--format=count'), '0\n')
  t.is(await ok('migrate'), 'Success: The tables are up to date already.\n')
})
