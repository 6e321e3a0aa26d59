/** WordPress's paths of the pages that this package has too, below the site's root. */
export const PAGE_PATHS = {
  dashboard: '/wp-admin/',
  profile: '/wp-admin/profile.php',
  /** The profile of another user: `?user_id=`. */
  userEdit: '/wp-admin/user-edit.php',
  authorizeApplication: '/wp-admin/authorize-application.php',
  /** Scripts get a new nonce here: `?action=rest-nonce`. */
  ajax: '/wp-admin/admin-ajax.php',
  login: '/wp-login.php',
} as const
