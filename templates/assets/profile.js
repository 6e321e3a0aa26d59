import { checkConnection, tryProbe } from './connection.js'
import { createNotices } from './notices.js'
import { createRest } from './rest.js'
import { createRows } from './rows.js'
import './times.js'
import { fill } from './words.js'

// The page's forms work without any of this; it saves the reloads.
const section = document.getElementById('application-passwords-section')
const { collection, nonce, nonceEndpoint } = section.dataset
// All that is said here, in the reader's language.
const words = JSON.parse(section.dataset.words)
const rest = createRest(nonce, nonceEndpoint, words)
const rows = createRows(section, words)
const notices = createNotices(section.querySelector('.notices'), words)

/** By the form's hidden field "action". */
const actions = {
  async create(form) {
    const field = form.elements.new_application_password_name
    if (!isFilled(field)) return
    const item = await rest('POST', collection, { name: field.value })
    field.value = ''
    rows.add(item)
    notices.showNewPassword(item)
  },

  async rename(form) {
    const row = form.closest('tr')
    const field = form.elements.name
    if (!isFilled(field)) return
    const item = await rest('POST', `${collection}/${row.dataset.uuid}`, { name: field.value })
    rows.rename(row, item.name)
    form.reset()
    form.closest('details').open = false
    notices.showSuccess(words.renamed)
  },

  async revoke(form) {
    const row = form.closest('tr')
    const { uuid } = row.dataset
    const name = row.querySelector('.name').textContent
    if (!confirm(fill(words.confirmRevoke, { name }))) return
    await revokeOne(uuid)
    rows.remove(row)
    notices.forgetNewPassword(shown => shown === uuid)
    notices.showSuccess(words.revoked)
  },

  async 'revoke-all'() {
    if (!confirm(words.confirmRevokeAll)) return
    await rest('DELETE', collection)
    rows.removeAll()
    notices.forgetNewPassword(() => true)
    notices.showSuccess(words.allRevoked)
  },

  'check-connection': checkConnection,
}

/** White space is no name either: the browser says so and focuses the field. */
function isFilled(field) {
  field.value = field.value.trim()
  return field.reportValidity()
}

async function revokeOne(uuid) {
  try {
    await rest('DELETE', `${collection}/${uuid}`)
  } catch (error) {
    // Revoked elsewhere since the page was loaded: just what was asked for.
    if (error.code !== 'rest_application_password_not_found') throw error
  }
}

section.addEventListener('submit', async event => {
  event.preventDefault()
  const form = event.target
  const button = form.querySelector('button')
  button.disabled = true
  try {
    await actions[form.elements.action.value](form)
  } catch (error) {
    notices.showError(error)
  } finally {
    button.disabled = false
  }
})

// Whoever opens "Rename" means to type.
section.addEventListener(
  'toggle',
  event => {
    if (event.target.open) event.target.querySelector('[name="name"]')?.select()
  },
  true,
)

section.addEventListener('keydown', event => {
  const rename = event.target.closest('.rename[open]')
  if (event.key !== 'Escape' || !rename) return
  rename.open = false
  rename.querySelector('summary').focus()
})

// An answer that came with the page.
tryProbe(section)
