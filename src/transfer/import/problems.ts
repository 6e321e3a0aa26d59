/** A made-up value can have a million faults, each of them megabytes long. So the problems of one user are limited. */
const MOST = 100
const LONGEST = 1000

/** The problems of one user: the first ones, and how many more there were. */
export class Problems {
  readonly #told: string[] = []
  #more = 0

  add(problem: string): void {
    if (this.#told.length === MOST) this.#more++
    else this.#told.push(problem.length > LONGEST ? `${problem.slice(0, LONGEST)}…` : problem)
  }

  all(): string[] {
    return this.#more === 0 ? [...this.#told] : [...this.#told, `And ${this.#more} more.`]
  }
}
