import type { Check } from '../check.ts'

/** Checks whether the package's tables are up to date. */
export const migrationsCheck: Check = {
  name: 'migrations',
  isForAdministrators: true,
  judge({ pendingMigrations: pending, startedBy }) {
    if (pending === null) {
      const advice = { id: 'doctor.migrations.no-database.advice' }
      return { status: 'fail', says: { id: 'doctor.migrations.no-database' }, advice }
    }
    if (pending.length === 0) return { status: 'ok', says: { id: 'doctor.migrations.ok' } }
    return {
      status: 'fail',
      says: { id: 'doctor.migrations.pending', values: { names: pending.join(', ') } },
      advice: { id: `doctor.migrations.pending.advice-${startedBy}` },
    }
  },
}
