import { type ConnectError, errorWithMessage } from '../errors.ts'

/** @param secondsLeft rounded up to at least one second, even if the counter is about to end */
export function tooManyAttempts(secondsLeft: number): ConnectError {
  const seconds = Math.max(1, Math.ceil(secondsLeft))
  const messageRef = { id: 'errors.too_many_attempts.wait', values: { count: Math.ceil(seconds / 60) } }
  return errorWithMessage('too_many_attempts', messageRef, { headers: { 'Retry-After': String(seconds) } })
}
