import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import test, { type ExecutionContext } from 'ava'
import { commandLine, ended, MAIN } from './command-line.ts'

/** util-linux's `script` lends a command a terminal. */
const hasTerminal = (() => {
  try {
    return /util-linux/.test(execFileSync('script', ['--version'], { encoding: 'utf8' }))
  } catch {
    return false
  }
})()
const testAtTerminal = hasTerminal ? test : test.skip

async function terminal(t: ExecutionContext) {
  const { environment, directory, ok } = await commandLine(t)

  /** Types the answer once the question stands there, and shows all that the screen got. */
  async function type(command: string, question: string, answer: string) {
    const line = `"${process.execPath}" "${MAIN}" ${command}`
    const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: directory, env: environment })
    t.teardown(() => child.kill('SIGKILL'))
    const end = ended(child)
    await seen(child, question)
    child.stdin.write(answer)
    const { code, stdout } = await end
    return { code, screen: stdout.replaceAll('\r\n', '\n') }
  }
  return { type, ok }
}

function seen(child: ChildProcess, text: string): Promise<void> {
  let shown = ''
  return new Promise(resolve => {
    child.stdout?.on('data', chunk => {
      shown += chunk
      if (shown.includes(text)) resolve()
    })
  })
}

testAtTerminal('create asks for the password without showing it', async t => {
  const { type } = await terminal(t)
  const question = 'Password for bob (empty: generate one): '
  const typed = await type('user create bob bob@example.com', question, 'correct horse\r')
  t.deepEqual(typed, { code: 0, screen: `${question}\nSuccess: Created user 1.\n` })
  const empty = await type('user create ann ann@example.com', 'Password for ann (empty: generate one): ', '\r')
  t.regex(empty.screen, /\nSuccess: Created user 2\.\nPassword: [A-Za-z0-9]{24}\n$/)
})

for (const [key, character] of Object.entries({ 'Ctrl-C': '\u0003', 'Ctrl-D': '\u0004' })) {
  testAtTerminal(`${key} at the question cancels, and no user is created`, async t => {
    const { type, ok } = await terminal(t)
    const { code, screen } = await type('user create bob bob@example.com', '(empty: generate one): ', character)
    t.is(code, 1)
    t.regex(screen, /\nError: Cancelled; nothing was changed\.\n$/)
    t.is(await ok('user', 'list', '--format=count'), '0\n')
  })
}

testAtTerminal('migrate --down asks for confirmation', async t => {
  const { type, ok } = await terminal(t)
  await ok('user', 'create', 'bob', 'bob@example.com', '--porcelain')
  const question =
    'This deletes all users, posts, pages, application passwords, applications and connections, with their tables. Continue? [y/n] '
  const no = await type('migrate --down', question, 'n\r')
  t.is(no.code, 1)
  t.regex(no.screen, /\nError: Cancelled; nothing was changed\.\n$/)
  t.is(await ok('user', 'list', '--format=count'), '1\n')
  const yes = await type('migrate --down', question, 'y\r')
  t.is(yes.code, 0)
  t.regex(yes.screen, /\nSuccess: Undid \d+ migrations\.\n$/)
})

testAtTerminal('a table on a terminal has borders', async t => {
  const { type, ok } = await terminal(t)
  await ok('user', 'create', 'bob', 'bob@example.com', '--porcelain')
  const { screen } = await type('user list --fields=ID,login', '+', '')
  t.is(
    screen,
    '+----+------------+\n| ID | user_login |\n+----+------------+\n| 1  | bob        |\n+----+------------+\n',
  )
})
