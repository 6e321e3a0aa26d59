import { rootPathOf } from '../../http/root-path.ts'
import type { Check } from '../check.ts'

/** With OAuth, checks whether clients find the site's metadata. AI agents request it before anything else. */
export const oauthMetadataCheck: Check = {
  name: 'oauth-metadata',
  isForAdministrators: true,
  isNeeded: ({ metadata }) => metadata !== null,
  judge({ site, environment, https, metadata }) {
    const isServed = https.from === 'this-site' && (https.is || environment === 'local')
    if (!isServed) return { status: 'warn', says: { id: 'doctor.oauth-metadata.not-checked' } }
    const missing = (metadata ?? []).filter(({ isThere }) => !isThere).map(({ url }) => url)
    if (missing.length === 0) return { status: 'ok', says: { id: 'doctor.oauth-metadata.ok' } }
    return {
      status: 'fail',
      says: { id: 'doctor.oauth-metadata.missing', values: { urls: missing.join(', ') } },
      advice: {
        id:
          rootPathOf(site.url) === ''
            ? 'doctor.oauth-metadata.missing.advice'
            : 'doctor.oauth-metadata.below-a-path.advice',
      },
    }
  },
}
