import type { Check } from '../check.ts'

/** Does the app know that it is called by https? Without it application passwords are not offered. */
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
    // Asked where it could be, and else as whoever is at the page came in.
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
