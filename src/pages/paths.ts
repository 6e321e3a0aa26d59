/** Where WordPress has the pages that the package has too, below the site's root. */
export const PAGE_PATHS = {
  dashboard: '/wp-admin/',
  profile: '/wp-admin/profile.php',
  /** The profile of somebody else: `?user_id=`. */
  userEdit: '/wp-admin/user-edit.php',
  authorizeApplication: '/wp-admin/authorize-application.php',
  /** Scripts get a fresh nonce here: `?action=rest-nonce`. */
  ajax: '/wp-admin/admin-ajax.php',
  logIn: '/wp-login.php',
} as const
