// The site of a host, once with our element and once with each peer, and the hosted page elsewhere.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Files, startSite } from '../../support/site.ts'
import { bundle, OURS } from '../bundle.ts'
import type { Bench } from '../measure.ts'
import { DIDIT, OTHERS, type Peer } from '../peers.ts'

/** A page at `/name` with a button `#start` or an element; `performance` is told when it is usable. */
export interface Pages {
  url: string
  /** Milliseconds since 1970 of the first request for each hosted page, by its query. */
  asked: Map<string, number>
}

/**
 * Serves the pages on `localhost`, and what they open on `127.0.0.1`, which is another site: `/ours`
 * with the two lines of the README, `/dialog` with the least that shows it in a dialog, `/peer/0` and
 * so on with the peers in their order, and `more`.
 */
export async function startPages(
  { defer }: Pick<Bench, 'defer'>,
  more: Files = {},
): Promise<Pages> {
  const asked = new Map<string, number>()
  const hosted = createServer((request, response) => {
    const { search } = new URL(request.url ?? '/', 'http://hosted')
    if (!asked.has(search)) asked.set(search, performance.timeOrigin + performance.now())
    response.setHeader('content-type', 'text/html').end('<!doctype html><h1>Hosted page</h1>')
  })
  await new Promise<void>((resolve) => hosted.listen(0, '127.0.0.1', resolve))
  defer(() => hosted.close().closeAllConnections())
  const { port } = hosted.address() as AddressInfo
  const session = `http://127.0.0.1:${port}/session`

  const peers = [DIDIT, ...OTHERS]
  const site = await startSite(
    {
      ...bundle(),
      ...more,
      '/ours': html(ours(session)),
      '/blank': html(''),
      '/dialog': html(dialog(session)),
      ...Object.fromEntries(
        peers.flatMap((peer, i) => [
          [`/peer/${i}.js`, { type: 'text/javascript', body: readFileSync(peer.file, 'utf8') }],
          [`/peer/${i}`, html(peerPage(peer, i, session))],
        ]),
      ),
    },
    'localhost',
  )
  defer(site.stop)
  return { url: site.url, asked }
}

/** The session is known before: by `url`, or by a backend that answers without a network. */
const ours = (session: string) => `
${OURS}
<script type="module">
  const element = document.querySelector('didit-verify')
  await element.updateComplete
  performance.mark('usable')
  const url = '${session}' + location.search
  const at = new Date().toISOString()
  const session = {
    id: crypto.randomUUID(), workflow: 'default', status: 'Not Started', outcome: null,
    settled: false, url, createdAt: at, updatedAt: at, version: 1,
  }
  if ('url' in element) element.url = url
  else element.fetch = async () => Response.json({ session, token: 'token' }, { status: 201 })
</script>`

/** No backend, no words, nothing to load: what remains is the browser's own work. */
const dialog = (session: string) => `
<button id="start" type="button">Verify</button>
<dialog><h2 tabindex="-1">Verify</h2></dialog>
<script type="module">
  performance.mark('usable')
  const dialog = document.querySelector('dialog')
  document.querySelector('#start').onclick = () => {
    const frame = document.createElement('iframe')
    frame.src = '${session}' + location.search
    dialog.append(frame)
    dialog.showModal()
    dialog.querySelector('h2').focus()
  }
</script>`

const START = (session: string) =>
  `DiditSDK.DiditSdk.shared.startVerification({ url: '${session}' + location.search })`

function peerPage(peer: Peer, i: number, session: string): string {
  const mark = `if (${peer.usable}) performance.mark('usable')`
  const type = peer.type === 'module' ? ' type="module"' : ''
  return `
<script${type} src="/peer/${i}.js"></script>
<button id="start" type="button">Verify</button>
<script${type}>
  ${mark}
  ${peer === DIDIT ? `document.querySelector('#start').onclick = () => ${START(session)}` : ''}
</script>`
}

/** A page that is longer than its window and in its middle, as most are: losing the bar moves it. */
export function html(body: string) {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A host</title>
<link rel="icon" href="data:,">
<body><main style="width: 600px; margin: 0 auto"><h1>A host</h1>
${body}<p style="height: 300vh">There is more below.</p></main></html>`
  return { type: 'text/html', body: page }
}
