import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { readConfig } from '../../src/server/config.ts'
import { createSite } from '../../src/server/site.ts'
import { commandLine, MAIN } from '../cli/command-line.ts'
import { block, blocks } from '../support/markdown.ts'
import { shell } from '../support/shell.ts'
import { SECRET } from '../support/site.ts'

const PATH = 'docs/reference/cli.md'
const UUID = '6633824d-c1d7-4f79-9dd5-4586f734d69e'
const CLIENT_ID = '482915037264'
const consoles = blocks(PATH, 'console')
/** It goes on running: the test of docs/start/try-it.md types it. */
const SERVE = consoles.find(code => code.startsWith('$ koa-wp-connect serve')) ?? ''
/** Needs a site that is running: a test of its own types it. */
const DOCTOR = consoles.find(code => code.startsWith('$ koa-wp-connect doctor')) ?? ''
/** Needs an app: the test of docs/start/mount.md types such commands. */
const APP = consoles.find(code => code.includes('--app=')) ?? ''
/** Removes whom the blocks after it need. */
const DELETE = consoles.find(code => code.startsWith('$ koa-wp-connect user delete')) ?? ''
const FIRST_USER = '$ koa-wp-connect user create admin admin@example.com --role=administrator\n'

/** A command as a shell reads it: assignments, the program, and its arguments. Its input is empty here in any case. */
function words(command: string): { args: string[]; env: Record<string, string> } {
  const typed = command.replace(' < /dev/null', '').match(/(?:[^\s"]|"[^"]*")+/g) ?? []
  const all = typed.map(word => word.replaceAll('"', ''))
  const program = all.indexOf('koa-wp-connect')
  if (program < 0) throw new Error(`not a command of this package: ${command}`)
  return {
    args: all.slice(program + 1),
    env: Object.fromEntries(all.slice(0, program).map(word => word.split('=', 2))),
  }
}

const cellsOf = (row: string): string =>
  row
    .slice(1, -1)
    .split('|')
    .map(cell => cell.trim())
    .join('\t')

/** What differs from one run to the next, in as many characters. Tables and questions are as on a terminal in the document only. */
const comparable = (text: string): string[] =>
  text
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '<       date      >')
    // On a database server there is one more.
    .replace(/(Ran|Undid) \d+ migrations/, '$1 N migrations')
    .replace(/signing key [\w-]+/, 'signing key <its id>')
    .replace(/\b\d{10}\b/g, '<  time  >')
    .replace(/\b\d{12}\b/g, '<client ID >')
    .replace(/(?<![\w-])(?!-+\+)[\w-]{43}(?![\w-])/g, '<                 secret                  >')
    .replace(/\b\w{24}\b/g, '<password>')
    .replace(/^(Password for|Delete) .*?(\]( y\n)?|:\n) ?/gm, '')
    .replace(/^\+[-+]+\+$/gm, '')
    .replace(/^\|.*\|$/gm, cellsOf)
    .split('\n')
    .filter(line => line !== '')

test('every command of docs/reference/cli.md, in order, prints what is shown there', async t => {
  const { run, directory, environment } = await commandLine(t, { CONNECT_SECRET: SECRET })
  async function type(command: string, input = ''): Promise<string> {
    const { args, env } = words(command)
    const { stdout, stderr } = await run(args, { input, env })
    return stdout + stderr
  }
  let uuid = UUID
  let clientId = CLIENT_ID

  async function follow(transcript: string): Promise<void> {
    for (const step of transcript.split(/^\$ /m).filter(Boolean)) {
      const [command = '', ...shown] = step.replaceAll(UUID, uuid).replaceAll(CLIENT_ID, clientId).split('\n')
      const output = await type(command, /(user|client) delete/.test(command) ? 'y\n' : '')
      if (clientId === CLIENT_ID) clientId = /^Success: Created client (\d+)/.exec(output)?.[1] ?? clientId
      const lines = comparable(output)
      for (const line of comparable(shown.join('\n'))) t.true(lines.includes(line), `$ ${command}\n${output}`)
    }
  }

  for (const transcript of consoles) {
    if ([SERVE, DOCTOR, APP, DELETE, FIRST_USER].includes(transcript)) continue
    if (transcript.includes('user create bob')) await follow(FIRST_USER)
    if (transcript.includes('record-usage')) {
      await writeFile(join(directory, 'koa-wp-connect'), `#!/bin/sh\nexec node ${MAIN} "$@"\n`)
      await chmod(join(directory, 'koa-wp-connect'), 0o755)
      const commands = `PATH=${directory}:$PATH; ${block(PATH, 'sh', 'exists bob Zapier')}`
      t.like(await shell(commands, { cwd: directory, env: environment }), { code: 0 })
    }
    if (/list bob|record-usage/.test(transcript))
      uuid = (await type('koa-wp-connect user application-password list bob --field=uuid')).trim()
    if (transcript.includes('list bob')) {
      await useFrom('192.0.2.7', uuid, environment)
      await type('koa-wp-connect user application-password create bob n8n')
    }
    await follow(transcript)
  }
  await follow(DELETE)
})

async function useFrom(ip: string, uuid: string, env: Record<string, string>): Promise<void> {
  const site = await createSite(readConfig(env))
  const bob = await site.accounts.findByLogin('bob')
  if (bob) await site.connect.applicationPasswords.recordUsage(bob, uuid, ip)
  await site.close()
}
