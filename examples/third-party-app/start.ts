import { createApp } from './app.ts'

const { SITE_URL = 'http://localhost:8080', CLIENT_ID, CLIENT_SECRET, PORT = '4000' } = process.env
const { APP_URL = `http://localhost:${PORT}` } = process.env

if (!CLIENT_ID) throw new Error('Set CLIENT_ID, and CLIENT_SECRET if it has one: README.md says how to get them.')

createApp({ siteUrl: SITE_URL, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, appUrl: APP_URL }).listen(
  Number(PORT),
  '127.0.0.1',
  () => console.log(`Open ${APP_URL}`),
)
