import { Controller } from 'egg'
import { checkPassword } from '../../lib/people.js'

/** The site's own login and logout, with Egg's CSRF tokens. */
export default class LogIn extends Controller {
  async show() {
    const action = `/login?next=${encodeURIComponent(this.#cameFrom())}`
    this.#page(action, '<input name="nick"><input name="password" type="password"><button>Log in</button>')
  }

  async logIn() {
    const { ctx } = this
    const person = await checkPassword(String(ctx.request.body.nick), String(ctx.request.body.password))
    if (!person) ctx.throw(401, 'Wrong name or password')
    ctx.session.personId = person.id
    ctx.rotateCsrfSecret()
    ctx.redirect(this.#cameFrom())
  }

  async ask() {
    this.#page('/logout', '<button>Log out</button>')
  }

  async logOut() {
    this.ctx.session = null
    this.ctx.redirect('/login')
  }

  #page(action, fields) {
    this.ctx.body = `<form method="post" action="${action}"><input type="hidden" name="_csrf" value="${this.ctx.csrf}">${fields}</form>`
  }

  /** Where the person came from, on this site only: a login page that leads elsewhere helps to steal passwords. */
  #cameFrom() {
    const { href, origin } = this.ctx.URL
    const back = URL.parse(String(this.ctx.query.next ?? '/'), href)
    return back?.origin === origin ? back.href : '/'
  }
}
