/** On the first start: who is logged in may read posts, and an administrator may do more. */
async function makeSampleData(strapi) {
  const query = name => strapi.db.query(`plugin::users-permissions.${name}`)
  if ((await query('user').count()) > 0 || !process.env.ADMIN_PASSWORD) return
  const administrator = await query('role').create({ data: { name: 'Administrator', type: 'administrator' } })
  const authenticated = await query('role').findOne({ where: { type: 'authenticated' } })
  const reading = ['api::post.post.find', 'api::post.post.findOne']
  const writing = ['api::post.post.create', 'api::post.post.update', 'api::post.post.delete']
  const managing = ['find', 'update', 'destroy'].map(action => `plugin::users-permissions.user.${action}`)
  const allow = (role, actions) =>
    Promise.all(actions.map(action => query('permission').create({ data: { action, role: role.id } })))
  await allow(authenticated, reading)
  await allow(administrator, [...reading, ...writing, ...managing])
  await strapi.plugin('users-permissions').service('user').add({
    username: 'admin',
    email: 'admin@example.com',
    password: process.env.ADMIN_PASSWORD,
    provider: 'local',
    confirmed: true,
    role: administrator.id,
  })
}

module.exports = { makeSampleData }
