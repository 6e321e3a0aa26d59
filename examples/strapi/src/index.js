const { createStrapiConnect } = require('./connect')
const { logInRoutes } = require('./login')
const { makeSampleData } = require('./sample-data')

module.exports = {
  register({ strapi }) {
    strapi.server.routes(logInRoutes(strapi))
  },
  async bootstrap({ strapi }) {
    strapi.add('connect', await createStrapiConnect(strapi))
    await makeSampleData(strapi)
  },
  async destroy({ strapi }) {
    await strapi.get('connect').close()
  },
}
