/** As in WordPress, a date is local to the site unless it says otherwise. */
const DATE = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d(?::?\d\d)?)?$/i

/**
 * Parses a date and time as WordPress's REST API takes it: `2026-03-01T12:00:00`, with an offset or without one.
 *
 * @param timeZone of a date without an offset
 * @returns null for any other text, and for a day that does not exist
 */
export function parseDate(text: string, timeZone: string): Date | null {
  const match = DATE.exec(text.trim())
  if (!match) return null
  const [, year, month, day, hour, minute, second, offset] = match
  const utc = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(utc.getTime()) || utc.getUTCDate() !== Number(day)) return null
  if (offset === undefined) return new Date(utc.getTime() - offsetAt(utc, timeZone))
  return new Date(utc.getTime() - offsetOf(offset))
}

/** Milliseconds of `Z`, `+02`, `+0200` or `+02:00`. */
function offsetOf(offset: string): number {
  if (/^z$/i.test(offset)) return 0
  const digits = offset.replace(/\D/g, '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000
}

/** Formats a time as WordPress does: local to the time zone, and without saying so. */
export const localDate = (date: Date, timeZone: string): string => {
  const offset = timeZone === 'UTC' ? 0 : offsetInZone(date, timeZone)
  return new Date(date.getTime() + offset).toISOString().slice(0, 19)
}

/** Formats a time in UTC, in the same form. */
export const utcDate = (date: Date): string => localDate(date, 'UTC')

/** How far the zone is ahead of UTC at a local time, in milliseconds. At a change of the clock, the offset before it counts. */
function offsetAt(local: Date, timeZone: string): number {
  if (timeZone === 'UTC') return 0
  const guess = offsetInZone(local, timeZone)
  return offsetInZone(new Date(local.getTime() - guess), timeZone)
}

const formats = new Map<string, Intl.DateTimeFormat>()

function offsetInZone(date: Date, timeZone: string): number {
  const format =
    formats.get(timeZone) ?? new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset', year: 'numeric' })
  formats.set(timeZone, format)
  const name = format.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
  return name === 'GMT' ? 0 : offsetOf(name.slice('GMT'.length))
}

/** Offset of a zone in hours, as WordPress's `gmt_offset`. */
export const offsetInHours = (date: Date, timeZone: string): number => offsetInZone(date, timeZone) / 3_600_000
