import test from 'ava'
import { formFields } from '../support/client.ts'
import { serveConnect } from '../support/docs-site.ts'
import { block, read, tableRows } from '../support/markdown.ts'

const PATH = 'docs/adapt/templates.md'
const names = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

/** The document's own files, in their places. */
const FILES = {
  'connect.ts': block(PATH, 'ts', 'createConnect('),
  'account.ts': block(PATH, 'ts', 'renderProfileSection'),
  'site.css': block(PATH, 'css', '--connect-accent'),
  'templates/login.html': block(PATH, 'html', 'koa-wp-connect/login.html'),
  'templates/layout.html': block(PATH, 'html', '<!doctype html>'),
}

test('a host’s own stylesheet, block, page, and the section on a host’s page', async t => {
  const { nobody, sam, headers } = await serveConnect(t, FILES, 'account.ts')
  const { text } = await nobody.get('/wp-login.php', { headers })
  t.regex(text, /<title>Log In \| Example<\/title>.*<a href="\/">Example<\/a>.*<form.*<a href="\/help">Help<\/a>/s)
  t.regex((await nobody.get('/site.css', { headers })).text, /--connect-radius: 0/)
  const away = await nobody.get('/account', { headers })
  t.regex(away.headers.get('location') ?? '', /^\/wp-login\.php\?redirect_to=.*%2Faccount/)

  const client = await sam()
  const account = await client.get('/account', { headers })
  t.is(account.headers.get('cache-control'), 'no-store')
  t.is(account.headers.get('x-frame-options'), 'DENY')
  t.regex(account.text, /<h1>Account<\/h1>.*href="\/site\.css".*id="application-passwords-section"/s)
  const form = {
    ...formFields(account.text, 'id="do_new_application_password"'),
    new_application_password_name: 'Zapier',
  }
  const made = await client.send('POST', '/wp-admin/profile.php', { headers, form })
  t.regex(made.text, /<a href="\/">Example<\/a> sam<.*Your new password for/s)
})

test('without a layout of the host, its stylesheet comes after the package’s', async t => {
  const { 'templates/layout.html': _, ...files } = FILES
  const { nobody, headers } = await serveConnect(t, files, 'account.ts')
  t.regex(
    (await nobody.get('/wp-login.php', { headers })).text,
    /forms\.css.*<link rel="stylesheet" href="\/site\.css">\s*<\/head>/s,
  )
})

test('the table of variables matches the stylesheet', t => {
  const css = read('templates/assets/connect.css')
  const variables = [...css.matchAll(/^ {2}(--connect-[a-z-]+):/gm)].map(([, name]) => name)
  const told = tableRows(PATH)
    .flatMap(([first]) => names(first))
    .filter(name => name.startsWith('--'))
  t.deepEqual(told.sort(), [...new Set(variables)].sort())
})

test('the table of blocks matches the templates', t => {
  const rows = tableRows(PATH).filter(([first]) => first?.endsWith('.html`'))
  t.true(rows.length > 15)
  const ofLayout = new Set(['title', 'styles', 'head', 'header', 'navigation', 'content', 'footer'])
  for (const [first, , blocks] of rows) {
    const template = names(first)[0] ?? ''
    const found = [...read(`templates/${template}`).matchAll(/\{% block (\w+) %\}/g)].map(([, name = '']) => name)
    const own = /\{% extends/.test(read(`templates/${template}`)) ? found.filter(name => !ofLayout.has(name)) : found
    t.deepEqual(names(blocks).sort(), own.sort(), template)
  }
})

test('the policy that a host needs is the one that is tested in Chromium', t => {
  const policy = block(PATH, 'text', "'self'").trim()
  t.true(read('test/browser/profile-section.test.ts').includes(policy))
})
