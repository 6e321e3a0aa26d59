module.exports = ({ env }) => ({
  host: env('HOST', '127.0.0.1'),
  port: env.int('PORT', 1337),
  url: env('SITE_URL', `http://localhost:${env.int('PORT', 1337)}`), // where browsers see the site
  // At https://, behind a proxy that ends TLS; of the addresses in X-Forwarded-For only the last is its word.
  proxy: { koa: env('SITE_URL', '').startsWith('https:'), maxIpsCount: 1 },
  app: { keys: env.array('APP_KEYS') },
})
