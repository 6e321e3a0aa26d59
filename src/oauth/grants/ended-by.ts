/** Who ended a grant: its user, the application itself, the site; or a code or token that came a second time. */
export type EndedBy = 'user' | 'client' | 'site' | 'reuse'
