import { existsSync } from 'node:fs'
import test from 'ava'
import {
  ConnectError,
  type ConnectOptions,
  type ErrorCode,
  type Events,
  type Filters,
  type Users,
} from '../../src/index.ts'
import { documents, exampleReadmes, read, tableRows } from '../support/markdown.ts'

// Complete, or `npm run types` fails.
const OPTIONS: Record<keyof Omit<ConnectOptions, 'site' | 'applicationPasswords' | 'oauth' | 'pages'>, true> &
  Record<`site.${keyof ConnectOptions['site']}`, true> &
  Record<`applicationPasswords.${keyof NonNullable<ConnectOptions['applicationPasswords']>}`, true> &
  Record<`pages.${keyof NonNullable<ConnectOptions['pages']>}`, true> &
  Record<`oauth.${keyof NonNullable<ConnectOptions['oauth']>}`, true> = {
  knex: true,
  secret: true,
  users: true,
  api: true,
  cors: true,
  environment: true,
  tablePrefix: true,
  throttle: true,
  revokeOnPasswordChange: true,
  content: true,
  contentScopes: true,
  'pages.templates': true,
  'pages.stylesheet': true,
  'pages.help': true,
  'pages.languages': true,
  'pages.language': true,
  'site.url': true,
  'site.name': true,
  'site.description': true,
  'applicationPasswords.hash': true,
  'applicationPasswords.allowManagement': true,
  'oauth.scopes': true,
  'oauth.defaultScopes': true,
  'oauth.registration': true,
  'oauth.refreshGrace': true,
  'oauth.appsPath': true,
}
const HOOKS: Record<keyof Events | keyof Filters, true> = {
  'application-password-created': true,
  'application-password-updated': true,
  'application-password-revoked': true,
  'application-password-used': true,
  'application-password-refused': true,
  'oauth-authorized': true,
  'oauth-denied': true,
  'oauth-token-issued': true,
  'oauth-disconnected': true,
  'oauth-token-reused': true,
  'content-created': true,
  'content-updated': true,
  'content-deleted': true,
  'content-rendered': true,
  error: true,
  'application-passwords-available': true,
  'application-passwords-available-for-user': true,
  'application-password-match': true,
}
const USERS: Record<keyof Users, true> = {
  current: true,
  find: true,
  findByLogin: true,
  loginUrl: true,
  logoutUrl: true,
  can: true,
  sites: true,
  canManageClients: true,
  avatarUrl: true,
  profileUrl: true,
  authenticatedAt: true,
  list: true,
}

/** What the first cells of a document's tables name in backquotes. */
const named = (path: string) =>
  tableRows(path).flatMap(([first = '']) => [...first.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))

test('docs/reference/options.md lists exactly the options', t => {
  const options = named('docs/reference/options.md')
  t.deepEqual(options.sort(), Object.keys(OPTIONS).sort())
})

test('docs/adapt/hooks.md lists exactly the events and filters', t => {
  const hooks = named('docs/adapt/hooks.md').filter(name => /^(error|(application|oauth|content)-[a-z-]+)$/.test(name))
  t.deepEqual(hooks.sort(), Object.keys(HOOKS).sort())
})

test('docs/start/users.md lists every function that a site defines for its users', t => {
  const members = named('docs/start/users.md').map(name => name.replace(/\(.*/, ''))
  t.deepEqual(members.sort(), Object.keys(USERS).sort())
})

test('docs/run/configuration.md lists exactly the variables that are read', t => {
  const schema = /z\.object\(\{(.*?)^\}\)/ms.exec(read('src/server/config.ts'))?.[1] ?? ''
  const variables = [...schema.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name = '']) => name)
  t.true(variables.length > 5)
  t.deepEqual(named('docs/run/configuration.md').sort(), variables.sort())
})

test('docs/reference/errors.md lists exactly the codes, with status and kind', t => {
  const catalogue = /const catalogue = \{(.*?)^\}/ms.exec(read('src/errors.ts'))?.[1] ?? ''
  const codes = [...catalogue.matchAll(/^ {2}(\w+): \{/gm)].map(([, code = '']) => code as ErrorCode)
  t.true(codes.length > 30)
  t.deepEqual(named('docs/reference/errors.md').sort(), codes.sort() as string[])
  for (const [code = '', status = '', kind] of tableRows('docs/reference/errors.md')) {
    if (!code.startsWith('`')) continue
    const error = new ConnectError(code.slice(1, -1) as ErrorCode)
    t.true(status.includes(String(error.status)), code)
    t.is(kind, error.kind, code)
  }
})

test('docs/reference/wordpress-compatibility.md lists every response that may differ, with a reason', t => {
  const accepted: Record<string, { why: string }> = {
    ...JSON.parse(read('test/compat/accepted.json')),
    ...JSON.parse(read('test/compat/accepted-content.json')),
  }
  t.deepEqual(named('docs/reference/wordpress-compatibility.md').sort(), Object.keys(accepted).sort())
  for (const [name, { why }] of Object.entries(accepted)) t.regex(why, /^[A-Z].{15,}\.$/, name)
})

test('every file and heading that a document links to exists', t => {
  const anchors = (path: string) =>
    [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    )
  for (const path of [...documents(), ...exampleReadmes()]) {
    for (const [, target = ''] of read(path).matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      const [file, anchor] = target.split('#')
      const base = new URL(`../../${path}`, import.meta.url)
      const url = new URL(file || base.href, base)
      t.true(existsSync(url), `${path} -> ${target}`)
      const relative = url.href.slice(new URL('../../', import.meta.url).href.length)
      if (anchor) t.true(anchors(relative).includes(anchor), `${path} -> ${target}`)
    }
  }
})

test('every test that SECURITY.md names exists', t => {
  const tests = [...read('SECURITY.md').matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path)
  t.true(tests.length > 10)
  for (const path of tests) t.true(existsSync(new URL(`../../${path}`, import.meta.url)), path)
})
