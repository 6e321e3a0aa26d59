import { Controller } from 'egg'

export default class Api extends Controller {
  async hello() {
    this.ctx.body = { hello: this.ctx.state.auth.user.login }
  }

  async note() {
    const { request, state } = this.ctx
    this.ctx.body = { noted: request.body.text, by: state.auth.user.id }
  }
}
