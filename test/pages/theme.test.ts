import test from 'ava'
import { rebuild } from '../support/rebuild.ts'
import { startSite } from '../support/site.ts'

const stylesheets = (html: string) =>
  [...html.matchAll(/<link rel="stylesheet" href="([^"?]*)/g)].map(([, href = '']) => href.replace(/^.*\//, ''))

test('the host’s stylesheet comes after ours on every page, or replaces it', async t => {
  const site = await startSite(t)
  const sheetsWith = async (stylesheet: string | { href: string; replace?: boolean }, path: string) => {
    await rebuild(site, { pages: { stylesheet } })
    const { text, headers } = await (await site.client('admin')).get(path)
    t.regex(headers.get('content-security-policy') ?? '', /style-src 'self';/)
    return stylesheets(text)
  }
  t.deepEqual(await sheetsWith('/host.css', '/wp-login.php?reauth=1'), [
    'connect.css',
    'boxes.css',
    'forms.css',
    'host.css',
  ])
  const profile = await sheetsWith(`${site.url}/host.css`, '/wp-admin/profile.php')
  t.deepEqual(profile.slice(-2), ['connection.css', 'host.css'])
  for (const path of ['/wp-login.php?reauth=1', '/wp-admin/profile.php', '/apps', '/me/security/connected-apps/0']) {
    t.deepEqual(await sheetsWith({ href: '/host.css', replace: true }, path), ['host.css'], path)
  }
})
