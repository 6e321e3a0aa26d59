import type { Check } from '../check.ts'

/** Checks whether the app knows that it is called over https. Otherwise application passwords are unavailable. */
export const httpsCheck: Check = {
  name: 'https',
  isForAdministrators: false,
  judge({ site, environment, startedBy, https, visitor }) {
    const isLocal = environment === 'local'
    if (site.url.startsWith('http:')) {
      if (isLocal) return { status: 'ok', says: { id: 'doctor.https.local' } }
      return {
        status: 'fail',
        says: { id: 'doctor.https.plain' },
        advice: { id: `doctor.https.plain.advice-${startedBy}` },
      }
    }
    // The result of the test request, or else the visitor's own request.
    const isSeen = https.from === 'this-site' ? https.is : visitor?.isSecure
    if (isSeen === undefined) return { status: 'warn', says: { id: 'doctor.https.not-checked' } }
    if (isSeen) return { status: 'ok', says: { id: 'doctor.https.ok' } }
    return {
      status: isLocal ? 'warn' : 'fail',
      says: { id: 'doctor.https.unseen' },
      advice: { id: `doctor.https.unseen.advice-${startedBy}` },
    }
  },
}
