import test from 'ava'
import { formFields } from '../support/client.ts'
import { authorizeUrl, createApp } from '../support/oauth.ts'
import { rebuild } from '../support/rebuild.ts'
import { startSite } from '../support/site.ts'

const GERMAN = { headers: { 'accept-language': 'de-AT,de;q=0.9,en;q=0.8' } }
const PROFILE = '/wp-admin/profile.php'

test('pages are in the browser’s language, or in English', async t => {
  const site = await startSite(t)
  const client = await site.client()
  const titleIn = async (language: string, path = '/wp-login.php') => {
    const { text, headers } = await client.get(path, { headers: { 'accept-language': language } })
    return [
      /<html lang="([^"]*)" dir="([^"]*)"/.exec(text)?.slice(1),
      headers.get('content-language'),
      /<h1>(.*?)</.exec(text)?.[1],
    ]
  }
  t.deepEqual(await titleIn('de'), [['de', 'ltr'], 'de', 'Anmelden'])
  t.deepEqual(await titleIn('fr, de;q=0.5, en;q=0.1'), [['de', 'ltr'], 'de', 'Anmelden'])
  t.deepEqual(await titleIn('fr'), [['en', 'ltr'], 'en', 'Log In'])
  const home = await client.get('/', GERMAN)
  t.regex(home.text, /Anmelden und eines erstellen/)
  t.regex(home.headers.get('vary') ?? '', /Accept-Language/)
})

test('all pages are German, and no text is left in English', async t => {
  const site = await startSite(t)
  const app = await createApp(site, { name: 'Shop' })
  const client = await site.client('admin')
  const { uuid } = await client.createPassword('Zapier')
  const pages = [
    PROFILE,
    `${PROFILE}?notice=renamed`,
    '/wp-admin/user-edit.php?user_id=3',
    `${PROFILE}?action=revoke&uuid=${uuid}`,
    `${PROFILE}?action=revoke-all`,
    '/wp-admin/authorize-application.php?app_name=Zapier&success_url=https://zapier.example/',
    '/wp-admin/authorize-application.php',
    '/me/security/connected-apps',
    '/apps',
    '/apps?notice=created',
    '/apps/new',
    `/apps/${app.id}`,
    `/apps/${app.id}/delete`,
    `/apps/${app.id}/rotate-secret`,
    '/apps/unknown',
    '/oauth2/authorize?client_id=unknown',
  ]
  for (const page of pages) {
    const { text } = await client.get(page, GERMAN)
    t.regex(text, /<html lang="de"/, page)
    const words = text
      .replace(/<title>.*?<\/title>|<code.*?<\/code>|<script.*?<\/script>|<textarea.*?<\/textarea>/gs, '')
      .replace(/<[^>]*>/g, ' ')
    t.notRegex(words, /\b(the|and|you|your|application|password|this|with|not|of)\b/i, page)
  }
  const consent = await client.send('GET', authorizeUrl(app), GERMAN)
  const { text } = await client.get(consent.headers.get('location') ?? '', GERMAN)
  t.regex(text, /<h1><bdi>Shop<\/bdi> verbinden<\/h1>/)
  t.regex(text, /<li>Beiträge ansehen und verwalten<\/li>/)
  t.regex(text, />Autorisieren<.*>Ablehnen</s)
})

test('errors are identified by their code: people read them in their language, programs in English', async t => {
  const site = await startSite(t)
  const client = await site.client('admin')
  const form = formFields((await client.get(PROFILE)).text, 'id="do_new_application_password"')
  const send = (name: string) =>
    client.send('POST', PROFILE, { ...GERMAN, form: { ...form, new_application_password_name: name } })
  t.regex((await send(' ')).text, /<p>Geben Sie einen Namen für das Anwendungspasswort ein\.<\/p>/)
  const wrong = await client.send('POST', '/wp-login.php', { ...GERMAN, form: { log: 'admin', pwd: 'wrong' } })
  t.regex(wrong.text, /Der Benutzername oder das Passwort ist falsch\./)
  const { json } = await client.rest('POST', '/wp-json/wp/v2/users/me/application-passwords', {
    ...GERMAN,
    json: { name: ' ' },
  })
  t.regex(json.message, /^Invalid parameter/)

  const newApp = formFields((await client.get('/apps/new')).text, 'class="app-form"')
  const refused = await client.send('POST', '/apps/new', {
    ...GERMAN,
    form: { ...newApp, name: 'Shop', redirect_uris: 'https://*.example/<b>' },
  })
  t.regex(
    refused.text,
    /Die Weiterleitungsadresse &quot;https:\/\/\*\.example\/&lt;b&gt;&quot; darf keinen Platzhalter \(\*\) enthalten\./,
  )
})

test('the connection check is in German, too', async t => {
  const site = await startSite(t)
  const client = await site.client('admin')
  const form = formFields((await client.get(PROFILE)).text, 'id="check-connection"')
  const { text } = await client.send('POST', PROFILE, { ...GERMAN, form })
  for (const words of ['Der Server, der dort antwortet, ist diese Website.', 'Der Authorization-Header kommt an.'])
    t.true(text.includes(words), words)
})

test('the host chooses the language, replaces texts, and adds languages', async t => {
  const site = await startSite(t)
  let language: string | null = 'ar'
  await rebuild(site, {
    pages: {
      language: async () => language,
      languages: {
        ar: { 'login.title': 'تسجيل الدخول', 'scopes.posts': 'المقالات' },
        de: { 'login.title': 'Eintreten' },
        'de-CH': { 'login.submit': 'Weiter' },
        en: { 'login.password': 'Pass phrase' },
      },
    },
  })
  const client = await site.client()
  const login = async () => (await client.get('/wp-login.php', GERMAN)).text
  const arabic = await login()
  t.regex(arabic, /<html lang="ar" dir="rtl">/)
  t.regex(arabic, /<h1>تسجيل الدخول<\/h1>/)
  t.regex(arabic, /\u2066Username or Email Address\u2069.*Pass phrase/s)
  language = null
  t.regex(await login(), /<h1>Eintreten<\/h1>.*Benutzername oder E-Mail-Adresse/s)
  language = 'de-CH'
  const swiss = await login()
  t.regex(swiss, /<html lang="de-CH".*<h1>Eintreten<\/h1>.*value="Log In">Weiter</s)
  language = 'xx'
  t.regex(await login(), /<html lang="de"/)
})
