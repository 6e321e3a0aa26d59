/**
 * Writes the moments below `root` in the reader's own time zone. What the page itself says, in UTC, stays as their title, and
 * is all that there is without JavaScript.
 */
export function showLocalTimes(root) {
  for (const time of root.querySelectorAll('time[datetime]')) showLocalTime(time)
}

export function showLocalTime(time) {
  const { lang } = time.closest('[lang]') ?? document.documentElement
  const dates = new Intl.DateTimeFormat([lang, 'en'], { dateStyle: 'medium', timeStyle: 'short' })
  time.title = time.textContent
  time.textContent = dates.format(new Date(time.dateTime))
}

for (const part of document.querySelectorAll('.koa-wp-connect')) showLocalTimes(part)
