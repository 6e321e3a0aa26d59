import test from 'ava'
import { serveConnect } from '../support/docs-site.ts'
import { block, read } from '../support/markdown.ts'

const PATH = 'docs/adapt/languages.md'

test('the host chooses the language, replaces texts, and adds Arabic', async t => {
  const { nobody, headers } = await serveConnect(t, { 'connect.ts': block(PATH, 'ts', 'createConnect(') })
  const heading = async (language?: string) => {
    if (language) nobody.cookies.set('language', language)
    const { text } = await nobody.get('/wp-login.php', { headers: { ...headers, 'accept-language': 'de' } })
    return /<html lang="(\w+)" dir="(\w+)".*<h1>(.*?)</s.exec(text)?.slice(1)
  }
  t.deepEqual(await heading(), ['de', 'ltr', 'Willkommen zurück'])
  t.deepEqual(await heading('en'), ['en', 'ltr', 'Welcome back'])
  t.deepEqual(await heading('ar'), ['ar', 'rtl', 'تسجيل الدخول'])
})

test('a copy of en.json is a working start for a language', async t => {
  const connect = block(PATH, 'ts', 'createConnect(').replace(/ {2}pages: \{.*\n {2}\},\n/s, '  pages,\n')
  const { nobody, headers } = await serveConnect(t, {
    'connect.ts': `import { pages } from './pages.ts'\n${connect}`,
    'pages.ts': block(PATH, 'ts', 'PagesOptions'),
    'languages/fr.json': read('templates/languages/en.json').replace('"Log In"', '"Se connecter"'),
  })
  const { text } = await nobody.get('/wp-login.php', { headers: { ...headers, 'accept-language': 'fr' } })
  t.regex(text, /<html lang="fr".*<title>Se connecter/s)
})
