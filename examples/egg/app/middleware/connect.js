import { connect } from '../../lib/connect.js'

export default () => connect.middleware()
