module.exports = ({ env }) => [
  'strapi::logger',
  'strapi::errors',
  'strapi::security',
  { name: 'strapi::cors', config: { credentials: false } },
  'strapi::poweredBy',
  {
    name: 'strapi::session',
    config: { key: 'session', sameSite: 'lax', secure: env('SITE_URL', '').startsWith('https:') },
  },
  'global::connect', // before the body parser, so that its own pages bound what they read
  'strapi::query',
  'strapi::body',
  'strapi::favicon',
  'strapi::public',
]
