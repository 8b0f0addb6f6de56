import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import { RETURN_MESSAGE } from '../contract.ts'
import type { Settings } from '../options.ts'
import { randomName } from '../tokens.ts'

/** The two parameters that Didit appends to a callback. They are hints and nothing more. */
const HINTS = ['verificationSessionId', 'status'] as const

/** The way back: Didit's callback is always here, and leads to the page that started the session. */
export function returnRoutes({ store }: Settings) {
  return new Hono().get('/return/:ret', async (c) => {
    // A page of another origin may show it in a frame; frame-ancestors says which.
    c.header('cross-origin-resource-policy', 'cross-origin')
    const stored = await store.returnUrl(c.req.param('ret'))
    if (!stored) {
      return c.html(page('This link has no page to go back to. You can close it.'), 404)
    }

    const url = new URL(stored)
    if (!isFramed(c.req.header('sec-fetch-dest'))) {
      const hints = HINTS.flatMap((name) => {
        const value = c.req.query(name)
        return value === undefined ? [] : [[name, value]]
      })
      // Appended as text: the page's own query stays as it was written, to the letter.
      if (hints.length > 0) url.search += `${url.search ? '&' : '?'}${new URLSearchParams(hints)}`
      return c.redirect(url.href, 303)
    }

    const nonce = randomName()
    const [sessionId, status] = HINTS.map((name) => c.req.query(name))
    const message = toScript({ type: RETURN_MESSAGE, sessionId, status })
    c.header(
      'content-security-policy',
      `default-src 'none'; script-src 'nonce-${nonce}'; frame-ancestors ${url.origin}`,
    )
    const script = `parent.postMessage(${message}, ${toScript(url.origin)})`
    return c.html(page('You can go on in the page around this one.', script, nonce))
  })
}

function isFramed(destination: string | undefined): boolean {
  return ['iframe', 'frame', 'embed', 'object'].includes(destination ?? '')
}

/** JSON that may stand inside a script element. */
function toScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

function page(text: string, script?: string, nonce?: string) {
  return html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>Verification</title>
      <p>${text}</p>
      ${script ? raw(`<script nonce="${nonce}">${script}</script>`) : ''}
    </html>`
}
