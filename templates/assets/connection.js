import { fromTemplate } from './notices.js'

/** Known to everybody, and good for nothing: only whether they arrive is of interest. */
const DUMMY_CREDENTIALS = `Basic ${btoa('user:pwd')}`
const LONGEST_WAIT_MS = 5_000

/**
 * Has the site look at its connection without a reload, so that a new password stays on the page, and then tries whether
 * this browser's own Authorization header arrives.
 */
export async function checkConnection(form) {
  const connection = form.closest('.connection')
  let looked
  try {
    looked = await sendForm(form)
  } catch {
    return answerWith(connection, fromTemplate('template-unreachable'))
  }
  // The login page, or a page that says what is wrong, as without this script.
  if (!looked) return form.submit()
  connection.replaceWith(looked)
  looked.querySelector('.connection-answer').focus()
  await tryProbe(looked)
}

function answerWith(connection, answer) {
  connection.querySelector('.connection-answer')?.remove()
  connection.append(answer)
  answer.focus()
}

/** @returns the section with its answer; null if the site answers otherwise. */
async function sendForm(form) {
  // Not `form.action`, which is the field of that name.
  const address = form.getAttribute('action')
  const body = new URLSearchParams(new FormData(form))
  const response = await fetch(address, { method: 'POST', body, redirect: 'manual' })
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  return page.querySelector('.connection:has(.connection-answer)')
}

/** Shows what the browser itself finds, where a part of the page holds an answer. */
export async function tryProbe(part) {
  const place = part.querySelector('[data-probe]')
  if (!place) return
  const outcome = await outcomeOf(place.dataset.probe)
  place.querySelector(`[data-outcome="${outcome}"]`).hidden = false
}

async function outcomeOf(address) {
  try {
    const response = await fetch(address, {
      headers: { Authorization: DUMMY_CREDENTIALS },
      // Like an application, and so that the browser opens no login dialog.
      credentials: 'omit',
      redirect: 'error',
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
    })
    const { answer } = await response.json()
    if (typeof answer === 'boolean') return answer ? 'arrived' : 'missing'
  } catch {
    // No answer, or another's: either way not this site's.
  }
  return 'unanswered'
}
