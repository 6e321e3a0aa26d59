module.exports = ({ env }) => ({
  host: env('HOST', '127.0.0.1'),
  port: env.int('PORT', 1337),
  url: env('SITE_URL', `http://localhost:${env.int('PORT', 1337)}`), // where browsers see the site
  proxy: { koa: env('SITE_URL', '').startsWith('https:') }, // there, behind a proxy that ends TLS
  app: { keys: env.array('APP_KEYS') },
})
