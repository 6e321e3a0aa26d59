import Router from '@koa/router'
import passport from 'koa-passport'
import { Strategy } from 'passport-local'
import { checkPassword, findPerson } from './people.js'

passport.use(
  new Strategy((username, password, done) => {
    checkPassword(username, password).then(person => done(null, person ?? false), done)
  }),
)
passport.serializeUser((person, done) => done(null, person.id))
passport.deserializeUser((id, done) => {
  findPerson(id).then(person => done(null, person ?? false), done)
})

const page = (ctx, action, fields) => {
  ctx.type = 'html'
  ctx.body = `<form method="post" action="${action}"><input type="hidden" name="_csrf" value="${ctx.state._csrf}">${fields}</form>`
}

/** Where the person came from, on this site only: a login page that leads elsewhere helps to steal passwords. */
function cameFrom(ctx) {
  const back = URL.parse(String(ctx.query.next ?? '/'), ctx.URL.href)
  return back?.origin === ctx.URL.origin ? back.href : '/'
}

/** The site's own login and logout, with its own CSRF tokens. */
export const logIn = new Router()

logIn.get('/login', ctx => {
  const action = `/login?next=${encodeURIComponent(cameFrom(ctx))}`
  page(ctx, action, '<input name="username"><input name="password" type="password"><button>Log in</button>')
})

logIn.post('/login', async (ctx, next) => {
  await passport.authenticate('local', async (error, person) => {
    if (error) throw error
    if (!person) ctx.throw(401, 'Wrong name or password')
    await ctx.login(person)
    ctx.redirect(cameFrom(ctx))
  })(ctx, next)
})

logIn.get('/logout', ctx => page(ctx, '/logout', '<button>Log out</button>'))

logIn.post('/logout', ctx => {
  ctx.session = null
  ctx.redirect('/login')
})
