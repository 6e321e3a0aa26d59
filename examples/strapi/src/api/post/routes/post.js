const { createCoreRouter } = require('@strapi/strapi').factories

module.exports = createCoreRouter('api::post.post')
