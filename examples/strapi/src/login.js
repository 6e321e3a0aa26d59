const { ApplicationError } = require('@strapi/utils').errors
const { createUsers, sessionOf } = require('./users')

/** Another site must not log people in as somebody whom they are not, nor log them out. */
const isFromElsewhere = ctx => ['cross-site', 'same-site'].includes(ctx.get('Sec-Fetch-Site'))

/** Where people log in and out at a browser. Strapi's own login, which answers a JWT to scripts, checks who they are. */
function logInRoutes(strapi) {
  const { findPerson } = createUsers(strapi)

  function show(ctx, title, form) {
    ctx.set('Cache-Control', 'no-store')
    ctx.type = 'html'
    ctx.body = `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1>${form}`
  }

  const showLogIn = (ctx, problem = '') =>
    show(
      ctx,
      'Log in',
      `${problem}<form method="post">
        <p><label>Username or email address <input name="identifier" autocomplete="username" required></label></p>
        <p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
        <button>Log in</button>
      </form>`,
    )

  const showLogOut = ctx => show(ctx, 'Log out', '<form method="post"><button>Log out</button></form>')

  async function logIn(ctx) {
    if (isFromElsewhere(ctx)) return ctx.forbidden()
    try {
      await strapi.plugin('users-permissions').controller('auth').callback(ctx)
    } catch (error) {
      if (!(error instanceof ApplicationError)) throw error
      ctx.status = 401
      return showLogIn(ctx, '<p role="alert">That is not right, or the account is blocked.</p>')
    }
    const person = await findPerson({ id: ctx.body.user.id })
    ctx.session = person && sessionOf(person)
    // Back to where the person came from, on this site only.
    const site = strapi.config.get('server.absoluteUrl')
    const back = URL.parse(String(ctx.query.next ?? '/'), site)
    ctx.redirect(back?.origin === new URL(site).origin ? back.href : site)
  }

  function logOut(ctx) {
    if (isFromElsewhere(ctx)) return ctx.forbidden()
    ctx.session = null
    ctx.redirect('/auth/local')
  }

  return [
    { method: 'GET', path: '/auth/log-out', handler: showLogOut, config: { auth: false } },
    { method: 'POST', path: '/auth/log-out', handler: logOut, config: { auth: false } },
    { method: 'GET', path: '/auth/local', handler: ctx => showLogIn(ctx), config: { auth: false } },
    {
      method: 'POST',
      path: '/auth/local', // a path of this end is what Strapi limits by address alone
      handler: logIn,
      config: { auth: false, middlewares: ['plugin::users-permissions.rateLimit'] },
    },
  ]
}

module.exports = { logInRoutes }
