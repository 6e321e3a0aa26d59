import { pathToFileURL } from 'node:url'
import test from 'ava'
import { ConnectError, OptionsError } from '../../src/index.ts'
import { ENGLISH, OWN_LANGUAGES } from '../../src/languages/files.ts'
import { createLanguage } from '../../src/languages/language.ts'
import { explain } from '../../src/pages/templates.ts'
import { folderWith } from '../support/folder.ts'
import { rebuild } from '../support/rebuild.ts'
import { startSite } from '../support/site.ts'

test('a file of the host replaces ours, on every page that includes or extends it', async t => {
  const templates = await folderWith(t, {
    'layout.html':
      '<!doctype html><title>{% block title %}{% endblock %}</title><main id="mine">{% block content %}{% endblock %}</main>',
    'profile-section.html':
      '{% extends "koa-wp-connect/profile-section.html" %}{% block intro %}<p>{{ target.login }} & co.</p>{% endblock %}',
    'mine/part.html': 'never asked for',
    'notes.txt': '{% what',
  })
  const site = await startSite(t)
  await rebuild(site, { pages: { templates } })
  const client = await site.client('admin')
  t.regex(
    (await client.get('/wp-login.php?reauth=1')).text,
    /^<!doctype html><title>Log In<\/title><main id="mine">\s*<div class="card/,
  )
  const profile = (await client.get('/wp-admin/profile.php')).text
  t.regex(profile, /<main id="mine">.*<p>admin & co\.<\/p>.*id="do_new_application_password"/s)
  t.notRegex(profile, /Create a separate password/)
})

test('a host replaces one block of a page, with our values and its own files', async t => {
  const templates = await folderWith(t, {
    'login.html': `{% extends "koa-wp-connect/login.html" %}
      {% block after_form %}{% include "help.html" %}{% endblock %}
      {% block heading %}{{ super() }}<p>{{ t('login.remember') }}: <b>{{ login or '<nobody>' }}</b></p>{% endblock %}`,
    'help.html': '<a href="{{ path(\'/help\') }}">{{ lang }}</a>',
  })
  const site = await startSite(t)
  await rebuild(site, { pages: { templates: pathToFileURL(templates) } })
  const client = await site.client()
  const { text } = await client.get('/wp-login.php', { headers: { 'accept-language': 'de' } })
  t.regex(text, /<h1>Anmelden<\/h1><p>Angemeldet bleiben: <b>&lt;nobody&gt;<\/b><\/p>.*<a href="\/help">de<\/a>/s)
})

test('the templates of two sites are separate', async t => {
  const templates = await folderWith(t, { 'login.html': 'mine' })
  const [one, two] = [await startSite(t), await startSite(t)]
  await rebuild(one, { pages: { templates } })
  await rebuild(two, {})
  t.is((await (await one.client()).get('/wp-login.php')).text, 'mine')
  t.regex((await (await two.client()).get('/wp-login.php')).text, /<h1>Log In<\/h1>/)
})

test('a mistake in a template is reported at the start, with the file’s name', async t => {
  const templates = await folderWith(t, { 'consent.html': '{% block content %}never ended' })
  const site = await startSite(t)
  const message = /pages\.templates: consent\.html is not a valid template: /
  await t.throwsAsync(rebuild(site, { pages: { templates } }), { instanceOf: OptionsError, message })
})

test('a template that extends itself because the prefix is missing gets an error that says what to write', async t => {
  const templates = await folderWith(t, { 'login.html': "\n{%- extends 'login.html' %}{% block form %}{% endblock %}" })
  const site = await startSite(t)
  const message = /login\.html extends itself; expected \{% extends "koa-wp-connect\/login\.html" %\}/
  await t.throwsAsync(rebuild(site, { pages: { templates } }), { instanceOf: OptionsError, message })
})

test('names and messages are shown as text, also next to a template’s markup', async t => {
  const site = await startSite(t)
  const languages = { en: { 'profile.edit-user': '<i>{login}</i> & "co"' } }
  await rebuild(site, { pages: { languages } })
  await site.knex('connect_users').where({ login: 'sam' }).update({ login: '<b>{login}</b>' })
  const client = await site.client('admin')
  const { text } = await client.get('/wp-admin/user-edit.php?user_id=3')
  const name = '&lt;b&gt;{login}&lt;/b&gt;'
  t.true(text.includes(`<h1>&lt;i&gt;<bdi>${name}</bdi>&lt;/i&gt; &amp; &quot;co&quot;</h1>`))
  t.true(text.includes(`<title>&lt;i&gt;${name}&lt;/i&gt; &amp; &quot;co&quot; — Test Site</title>`))
})

test('an error is shown in the reader’s language, and a host’s own error in the host’s words', t => {
  const german = createLanguage('de', [
    ['de', OWN_LANGUAGES.de ?? {}],
    ['en', ENGLISH],
  ])
  t.is(explain(german, new ConnectError('not_allowed')), 'Sie dürfen dies nicht tun.')
  t.is(explain(german, new ConnectError('not_allowed', { message: 'Ask Ann.' })), 'Ask Ann.')
})
