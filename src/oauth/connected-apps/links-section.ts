import type { PageKit } from '../../pages/kit.ts'
import type { Section } from '../../pages/section.ts'
import { mayManageClients, type Users } from '../../users/user.ts'
import { CONNECTED_APPS_PATH } from '../paths.ts'

/** The profile page's links to the user's connected apps and to the page where applications are registered. */
export const oauthLinksSection = (kit: PageKit, users: Users, appsPath: string): Section => ({
  values: async ({ user }) => ({
    connectedAppsUrl: kit.path(CONNECTED_APPS_PATH),
    appsUrl: (await mayManageClients(users, user)) ? kit.path(appsPath) : null,
  }),
})
