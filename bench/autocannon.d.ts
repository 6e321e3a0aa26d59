/** The part of autocannon that the bench uses; it brings no types of its own. */
declare module 'autocannon' {
  interface Client {
    setHeaders(headers: Record<string, string>): void
  }
  interface Options {
    url: string
    connections: number
    duration: number
    method?: string
    body?: string
    setupClient?(client: Client): void
  }
  interface Result {
    requests: { average: number }
    statusCodeStats: Record<string, { count: number }>
    errors: number
  }
  function autocannon(options: Options): Promise<Result>
  export = autocannon
}
