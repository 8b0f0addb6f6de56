import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import { close, listen } from '../../server/main.ts'
import { ReceiptError, verifyReceipt } from '../../server/verify-receipt.ts'

/** A host's own server, on an origin of its own: a page with a form, and what the form is sent to. */
export async function startShop(port: number, verify: string) {
  const origin = `http://localhost:${port}`
  const used = new Set<string>()
  const accounts: string[] = []

  const app = new Hono()
    .get('/didit-verify*', async (c) => {
      const script = await (await fetch(new URL(c.req.path, verify))).text()
      return c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' })
    })
    .get('/favicon.ico', (c) => c.body(null, 204))
    .get('/', (c) => c.html(page(c.req.query('attributes') ?? 'required')))
    .post('/accounts', async (c) => {
      const form = await c.req.parseBody()
      try {
        const { sid } = await verifyReceipt(form.identity, {
          keys: new URL('/api/verify/receipt-keys', verify),
          audience: origin,
          workflow: 'default',
          consume: (jti) => !used.has(jti) && Boolean(used.add(jti)),
        })
        accounts.push(sid)
        return c.html(`<title>Welcome</title><p id="answer">${form.name}: ${sid}</p>`)
      } catch (error) {
        if (!(error instanceof ReceiptError)) throw error
        return c.html(`<title>Refused</title><p id="answer">${error.code}</p>`, 403)
      }
    })

  const page = (attributes: string) => html`<!doctype html>
    <html lang="en">
      <title>Open an account</title>
      <script type="module" src="/didit-verify.js"></script>
      <form action="/accounts" method="post">
        <label>Name <input name="name" /></label>
        <fieldset>
          <legend>Who you are</legend>
          <label for="identity">Identity</label>
          <didit-verify
            id="identity"
            name="identity"
            mode="modal"
            close-on-complete
            endpoint="${new URL('/api/verify', verify)}"
            ${raw(attributes)}
          ></didit-verify>
        </fieldset>
        <button id="send">Open the account</button>
        <button type="reset">Start over</button>
      </form>
    </html>`

  const servers: Parameters<typeof listen>[0] = []
  await listen(servers, app, port, '127.0.0.1')
  await listen(servers, app, port, '::1').catch(() => {})
  return {
    url: `${origin}/`,
    /** The sessions whose visitors have opened an account. */
    accounts,
    async stop() {
      await Promise.all(servers.map(close))
    },
  }
}
