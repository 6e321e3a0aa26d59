import { connect } from '../lib/connect.js'

export default ({ router, controller }) => {
  router.get('/login', controller.logIn.show)
  router.post('/login', controller.logIn.logIn)
  router.get('/logout', controller.logIn.ask)
  router.post('/logout', controller.logIn.logOut)
  router.get('/api/hello', connect.require(), controller.api.hello)
  router.post('/api/notes', connect.require({ scope: 'notes' }), controller.api.note)
}
