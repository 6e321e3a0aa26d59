export default {
  keys: process.env.SESSION_SECRET,
  security: {
    // Whoever came with a password or a token of ours was not sent here by another site's page.
    csrf: { ignore: ctx => Boolean(ctx.state.auth) },
    csp: { enable: true, policy: { 'default-src': "'self'" } },
  },
}
