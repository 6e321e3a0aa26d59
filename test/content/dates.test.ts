import test from 'ava'
import fc from 'fast-check'
import { localDate, offsetInHours, parseDate, utcDate } from '../../src/content/dates.ts'

const iso = (text: string, zone = 'UTC') => parseDate(text, zone)?.toISOString() ?? null

test('a date without an offset is local to the site', t => {
  t.is(iso('2026-03-01T12:00:00', 'Europe/Berlin'), '2026-03-01T11:00:00.000Z')
  t.is(iso('2026-07-01T12:00:00', 'Europe/Berlin'), '2026-07-01T10:00:00.000Z')
  t.is(iso('2026-07-01 12:00:00'), '2026-07-01T12:00:00.000Z')
})

test('a date with an offset says itself when it is', t => {
  for (const offset of ['+02', '+0200', '+02:00'])
    t.is(iso(`2026-03-01T12:00:00${offset}`, 'Asia/Tokyo'), '2026-03-01T10:00:00.000Z')
  t.is(iso('2026-03-01T12:00:00Z', 'Asia/Tokyo'), '2026-03-01T12:00:00.000Z')
  t.is(iso('2026-03-01T12:00:00.250-03:30'), '2026-03-01T15:30:00.000Z')
})

test('text that is no date is null', t => {
  for (const text of [
    '',
    'yesterday',
    '2026-02-30T00:00:00',
    '2026-13-01T00:00:00',
    '2026-01-01',
    '99999-01-01T00:00:00',
    '2026-01-01T25:00:00',
  ])
    t.is(iso(text), null, text)
})

test('property: a local date is read back as the same time, except in the hour that a clock repeats', t => {
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Apia')
  const times = fc.integer({ min: -2_000_000_000, max: 4_000_000_000 })
  fc.assert(
    fc.property(times, zones, (seconds, zone) => {
      const date = new Date(seconds * 1000)
      const read = parseDate(localDate(date, zone), zone)
      return read !== null && localDate(read, zone) === localDate(date, zone)
    }),
  )
  t.pass()
})

test('times before 1970 and after 2038 are shown', t => {
  t.is(utcDate(new Date('1900-05-06T07:08:09Z')), '1900-05-06T07:08:09')
  t.is(utcDate(new Date('2099-05-06T07:08:09Z')), '2099-05-06T07:08:09')
  t.is(offsetInHours(new Date('2026-07-01T00:00:00Z'), 'Asia/Kathmandu'), 5.75)
})
