import { fromTemplate } from './notices.js'

/** The table of application passwords, or the sentence that there are none. */
export function createRows(section) {
  const body = section.querySelector('.application-passwords-user tbody')
  const table = section.querySelector('.application-passwords-list-table-wrapper')
  const empty = section.querySelector('.empty')

  function showTableOrSentence() {
    table.hidden = body.rows.length === 0
    empty.hidden = body.rows.length > 0
  }

  return {
    /** The newest is on top, as when the site itself lists them. */
    add(item) {
      body.prepend(rowOf(item))
      showTableOrSentence()
    },
    remove(row) {
      row.remove()
      showTableOrSentence()
    },
    removeAll() {
      body.replaceChildren()
      showTableOrSentence()
    },
  }
}

function rowOf({ uuid, name, created }) {
  const row = fromTemplate('template-row')
  row.dataset.uuid = uuid
  for (const field of row.querySelectorAll('[name="uuid"]')) field.value = uuid
  row.querySelector('label').htmlFor = `name-${uuid}`
  row.querySelector('[name="name"]').id = `name-${uuid}`
  setRowName(row, name)
  // The REST API writes UTC without a zone.
  const moment = new Date(`${created}Z`)
  const time = row.querySelector('time')
  time.dateTime = moment.toISOString()
  time.textContent = `${DATES.format(moment)} UTC`
  return row
}

/** As text, never as markup: applications choose these names. */
export function setRowName(row, name) {
  row.querySelector('.name bdi').textContent = name
  row.querySelector('[name="name"]').defaultValue = name
  row.querySelector('.rename summary').setAttribute('aria-label', `Rename "${name}"`)
  row.querySelector('.revoke button').setAttribute('aria-label', `Revoke "${name}"`)
}

/** As the page itself writes them. */
const DATES = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
