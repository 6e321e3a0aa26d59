/** Strapi's own, which Strapi checks itself: a JWT of its login, or an API token of its admin panel. */
const STRAPIS_TOKEN = /^bearer\s+([^\s.]+\.[^\s.]+\.[^\s.]+|[\da-f]{256})\s*$/i

/** The package's pages and endpoints; on Strapi's REST API, who is calling. */
module.exports = (_config, { strapi }) => {
  let middleware
  return function connect(ctx, next) {
    if (ctx.path.startsWith('/api/') && STRAPIS_TOKEN.test(ctx.get('Authorization'))) return next()
    middleware ??= strapi.get('connect').middleware() // not before bootstrap(), in src/index.js
    return middleware(ctx, () => {
      // Strapi keeps something else under this name: src/auth-strategy.js puts it there.
      ctx.state.connectAuth = ctx.state.auth
      delete ctx.state.auth
      return next()
    })
  }
}
