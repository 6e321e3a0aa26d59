import { enableCopyButtons } from './copy.js'
import { LoggedOutError } from './rest.js'

const NEW_PASSWORD = 'new-application-password-notice'

/** What the profile page announces, in the words that it brings. One notice at a time, beside a new password, which stays until it is revoked. */
export function createNotices(place, words) {
  function show(notice) {
    for (const before of place.querySelectorAll(`.notice:not(.${NEW_PASSWORD})`)) before.remove()
    place.prepend(notice)
    notice.focus()
  }

  const newPassword = () => place.querySelector(`.${NEW_PASSWORD}`)

  return {
    showSuccess(message) {
      const notice = fromTemplate('template-success')
      notice.querySelector('p').textContent = message
      show(notice)
    },

    showError(error) {
      if (error instanceof LoggedOutError) return show(fromTemplate('template-logged-out'))
      const notice = fromTemplate('template-error')
      const { message } = error
      notice.querySelector('p').textContent = Object.hasOwn(words.errors, message) ? words.errors[message] : message
      show(notice)
    },

    showNewPassword({ uuid, name, password }) {
      newPassword()?.remove()
      const notice = fromTemplate('template-new-password')
      notice.dataset.uuid = uuid
      notice.querySelector('label bdi').textContent = name
      notice.querySelector('#new-application-password-value').value = password
      const curl = notice.querySelector('#new-application-password-curl')
      if (curl) curl.value = curl.dataset.before + password + curl.dataset.after
      enableCopyButtons(notice)
      show(notice)
    },

    /** A password that works no longer is not there to be copied. */
    forgetNewPassword(isGone) {
      const notice = newPassword()
      if (notice && isGone(notice.dataset.uuid)) notice.remove()
    },
  }
}

/** A copy of what the page holds in a <template>. */
export const fromTemplate = id => document.getElementById(id).content.firstElementChild.cloneNode(true)
