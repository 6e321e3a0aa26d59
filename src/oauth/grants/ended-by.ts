/** What ended a grant: its user, the application, the site, or the reuse of a code or token. */
export type EndedBy = 'user' | 'client' | 'site' | 'reuse'
