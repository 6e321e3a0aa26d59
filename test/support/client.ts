/** The REST routes that most tests use. */
export const ME = '/wp-json/wp/v2/users/me'
export const APPLICATION_PASSWORDS = `${ME}/application-passwords`

export interface Answer {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the site answers
  json: any
}

export interface Request {
  headers?: Record<string, string>
  body?: string
  json?: unknown
  form?: Record<string, string> | string
}

export const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})

/** A browser without JavaScript, or a script: keeps cookies, follows no redirects. */
export class Client {
  readonly cookies = new Map<string, string>()
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  async send(method: string, path: string, { headers = {}, body, json, form }: Request = {}): Promise<Answer> {
    const sent: Record<string, string> = { ...headers }
    if (this.cookies.size > 0) sent.cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    if (json !== undefined) sent['content-type'] ??= 'application/json'
    if (form !== undefined) sent['content-type'] ??= 'application/x-www-form-urlencoded'
    const formText = typeof form === 'string' ? form : form && new URLSearchParams(form).toString()
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: sent,
      body: body ?? (json === undefined ? (formText ?? null) : JSON.stringify(json)),
      redirect: 'manual',
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (/Max-Age=0|expires=Thu, 01 Jan 1970/.test(cookie)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson && text ? JSON.parse(text) : undefined,
    }
  }

  get(path: string, request?: Request) {
    return this.send('GET', path, request)
  }

  async login(login: string, password: string): Promise<void> {
    const { status } = await this.send('POST', '/wp-login.php', { form: { log: login, pwd: password } })
    if (status !== 302) throw new Error(`log-in of ${login}: ${status}`)
  }

  async nonce(): Promise<string> {
    return (await this.get('/wp-admin/admin-ajax.php?action=rest-nonce')).text
  }

  /** A REST request as a page's own script makes it. */
  async rest(method: string, path: string, request: Request = {}): Promise<Answer> {
    return this.send(method, path, { ...request, headers: { ...request.headers, 'x-wp-nonce': await this.nonce() } })
  }

  /** Makes an application password for whoever is logged in. */
  async createPassword(name = 'Test'): Promise<{ uuid: string; password: string }> {
    const { status, json } = await this.rest('POST', APPLICATION_PASSWORDS, { json: { name } })
    if (status !== 201) throw new Error(`create: ${status}`)
    return json
  }
}

/** What a page shows without JavaScript: all but its templates, which only a script uses. */
export const shown = (html: string): string => html.replace(/<template.*?<\/template>/gs, '')

/** Names and values of the inputs of a page's form, which `marker` occurs in. */
export function formFields(html: string, marker: string): Record<string, string> {
  const at = html.indexOf(marker)
  const form = html.slice(html.lastIndexOf('<form', at), html.indexOf('</form>', at))
  return Object.fromEntries(
    [...form.matchAll(/<input[^>]*>/g)].map(([input]) => [attribute(input, 'name'), attribute(input, 'value')]),
  )
}

const attribute = (tag: string, name: string) =>
  (new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '').replaceAll('&amp;', '&').replaceAll('&quot;', '"')
