/** A made-up value can have a million faults, each of them megabytes long. So the problems of one user are limited. */
const MAX_PROBLEMS = 100
const MAX_LENGTH = 1000

/** The problems of one user: the first ones, and how many more there were. */
export class Problems {
  readonly #listed: string[] = []
  #more = 0

  add(problem: string): void {
    if (this.#listed.length === MAX_PROBLEMS) this.#more++
    else this.#listed.push(problem.length > MAX_LENGTH ? `${problem.slice(0, MAX_LENGTH)}…` : problem)
  }

  all(): string[] {
    return this.#more === 0 ? [...this.#listed] : [...this.#listed, `And ${this.#more} more.`]
  }
}
