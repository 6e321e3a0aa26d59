import type { Check } from '../check.ts'

/** Checks whether this site responds at `site.url`, and not another one. */
export const thisSiteCheck: Check = {
  name: 'this-site',
  isForAdministrators: false,
  judge({ site: { url }, startedBy, https }) {
    if (https.from === 'this-site') return { status: 'ok', says: { id: 'doctor.this-site.ok' } }
    if (https.from === 'nobody') return { status: 'warn', says: { id: 'doctor.this-site.not-checked' } }
    if (https.isRedirect) {
      const advice = { id: 'doctor.this-site.redirect.advice' }
      return { status: 'fail', says: { id: 'doctor.this-site.redirect', values: { url } }, advice }
    }
    return {
      status: 'fail',
      says: { id: 'doctor.this-site.other', values: { url } },
      advice: { id: `doctor.this-site.other.advice-${startedBy}` },
    }
  },
}
