import { fromTemplate } from './notices.js'
import { showLocalTime } from './times.js'
import { fill } from './words.js'

const nameOf = row => row.querySelector('.name bdi').textContent

/** The table of application passwords, or the sentence that there are none. */
export function createRows(section, words) {
  const body = section.querySelector('.application-passwords-user tbody')
  const table = section.querySelector('.application-passwords-list-table-wrapper')
  const empty = section.querySelector('.empty')
  // As the page itself writes them.
  const { lang } = section.closest('[lang]')
  const dates = new Intl.DateTimeFormat([lang, 'en'], { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })

  function showTableOrSentence() {
    table.hidden = body.rows.length === 0
    empty.hidden = body.rows.length > 0
  }

  function rowOf({ uuid, name, created }) {
    const row = fromTemplate('template-row')
    row.dataset.uuid = uuid
    for (const field of row.querySelectorAll('[name="uuid"]')) field.value = uuid
    const field = row.querySelector('[name="name"]')
    if (field) {
      row.querySelector('label').htmlFor = `name-${uuid}`
      field.id = `name-${uuid}`
    }
    row.querySelector('.number').id = `number-${uuid}`
    for (const button of row.querySelectorAll('[aria-describedby]'))
      button.setAttribute('aria-describedby', `number-${uuid}`)
    rename(row, name)
    // The REST API writes UTC without a zone.
    const moment = new Date(`${created}Z`)
    const time = row.querySelector('time')
    time.dateTime = moment.toISOString()
    time.textContent = fill(words.utc, { moment: dates.format(moment) })
    showLocalTime(time)
    return row
  }

  /** Numbers stay as they are until the page is loaded again, so that no row changes its number unnoticed. */
  function numberOf(row, name) {
    if (nameOf(row) === name) return row.dataset.number
    const others = [...body.rows].filter(other => other !== row && nameOf(other) === name)
    return Math.max(0, ...others.map(other => Number(other.dataset.number))) + 1
  }

  /** As text, never as markup: applications choose these names. A user who may not rename or revoke has no form for it. */
  function rename(row, name) {
    row.dataset.number = numberOf(row, name)
    row.querySelector('.name bdi').textContent = name
    row.querySelector('.number').textContent = row.dataset.number > 1 ? ` ${fill(words.number, row.dataset)}` : ''
    row.querySelector('[name="name"]')?.setAttribute('value', name)
    row.querySelector('.rename summary')?.setAttribute('aria-label', fill(words.renameOne, { name }))
    row.querySelector('.revoke button')?.setAttribute('aria-label', fill(words.revokeOne, { name }))
  }

  return {
    /** The newest is on top, as when the site itself lists them. */
    add(item) {
      body.prepend(rowOf(item))
      showTableOrSentence()
    },
    rename,
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
