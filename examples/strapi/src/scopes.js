/** What applications may ask for by OAuth: in the words that users read, and the actions of Strapi that it opens. */
const scopes = {
  'posts:read': {
    words: 'Read posts',
    actions: ['api::post.post.find', 'api::post.post.findOne'],
  },
  'posts:write': {
    words: 'Write, change and delete posts',
    actions: ['api::post.post.create', 'api::post.post.update', 'api::post.post.delete'],
  },
}

/** Whether these credentials reach an action, if the user's role allows it. An application password reaches all of them. */
function reaches(auth, action) {
  if (auth.method !== 'access-token') return true
  const granted = auth.scopes.includes('global') ? Object.keys(scopes) : auth.scopes
  return granted.some(name => scopes[name]?.actions.includes(action))
}

module.exports = { scopes, reaches }
