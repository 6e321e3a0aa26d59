import { connect } from '../lib/connect.js'

export default ({ router, controller }) => {
  router.get('/login', controller.login.show)
  router.post('/login', controller.login.logIn)
  router.get('/logout', controller.login.ask)
  router.post('/logout', controller.login.logOut)
  router.get('/api/hello', connect.require(), controller.api.hello)
  router.post('/api/notes', connect.require({ scope: 'notes' }), controller.api.note)
}
