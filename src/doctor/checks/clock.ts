import type { MessageRef } from '../../languages/words.ts'
import type { Check } from '../check.ts'

/** Log-ins, codes and tokens expire by the clock of the process that is asked: a few seconds do no harm. */
const TOLERATED_MS = 5_000
const HARMFUL_MS = 60_000

/** What is said of this process's clock beside another one. */
const DIFFERENCES = {
  database: { behind: 'doctor.clock.behind-database', ahead: 'doctor.clock.ahead-of-database' },
  site: { behind: 'doctor.clock.behind-site', ahead: 'doctor.clock.ahead-of-site' },
} as const

/** Is the clock right, by that of the database and by the Date header that the site's address sends? */
export const clockCheck: Check = {
  name: 'clock',
  isForAdministrators: true,
  judge({ clocks }) {
    const measured = (['database', 'site'] as const)
      .map(whose => ({ whose, ahead: clocks[whose] }))
      .filter((clock): clock is { whose: 'database' | 'site'; ahead: number } => clock.ahead !== null)
    if (measured.length === 0) return { status: 'warn', says: { id: 'doctor.clock.not-checked' } }
    const [first, second] = measured.filter(({ ahead }) => Math.abs(ahead) > TOLERATED_MS)
    if (!first) return { status: 'ok', says: { id: 'doctor.clock.ok' } }
    const says = second
      ? { id: 'doctor.clock.off-twice', values: { first: difference(first), second: difference(second) } }
      : { id: 'doctor.clock.off', values: { difference: difference(first) } }
    const isHarmful = measured.some(({ ahead }) => Math.abs(ahead) > HARMFUL_MS)
    return { status: isHarmful ? 'fail' : 'warn', says, advice: { id: 'doctor.clock.off.advice' } }
  },
}

const difference = ({ whose, ahead }: { whose: 'database' | 'site'; ahead: number }): MessageRef => ({
  id: DIFFERENCES[whose][ahead > 0 ? 'behind' : 'ahead'],
  values: { count: Math.round(Math.abs(ahead) / 1000) },
})
