export default class Site {
  constructor(app) {
    this.app = app
  }

  /** After the session, because it asks who is logged in; before Egg's security, because its pages have tokens and a CSP of their own. */
  configWillLoad() {
    const { coreMiddleware } = this.app.config
    coreMiddleware.splice(coreMiddleware.indexOf('securities'), 0, 'connect')
  }
}
