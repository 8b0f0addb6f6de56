// The hosted page: what the visitor sees. Its looks and its behaviour are in the two files beside it.

import type { Status } from '../contract.ts'
import { COUNTRIES } from './countries.ts'
import type { Faults } from './faults.ts'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'
import { SCENARIOS, type ScenarioName } from './scenarios.ts'

/**
 * Every message of Didit's hosted page, without its `didit:`, and the fields of its `data`. The two
 * about codes belong to the phone and e-mail steps, which the sandbox's workflow does not have.
 */
export const MESSAGES = {
  ready: ['sessionId'],
  started: ['sessionId'],
  step_started: ['step'],
  step_completed: ['step', 'nextStep'],
  step_changed: ['step', 'previousStep'],
  media_started: ['step', 'mediaType'],
  media_captured: ['step', 'isAuto'],
  document_selected: ['documentType', 'country'],
  verification_submitted: ['step'],
  code_sent: ['step', 'channel', 'codeSize', 'retriesLeft'],
  code_verified: ['step'],
  status_updated: ['status', 'previousStep'],
  completed: ['sessionId', 'status'],
  cancelled: ['sessionId'],
  error: ['error', 'step'],
  close_request: [],
  layout: ['contentHeight', 'colorScheme', 'dir'],
} as const

/** The documents on offer, by Didit's display names; whether each has a back to photograph. */
const DOCUMENTS = {
  Passport: { hasBack: false, hint: 'The page with your photo' },
  'Identity Card': { hasBack: true, hint: 'Front and back' },
  "Driver's License": { hasBack: true, hint: 'Front and back' },
  'Residence Permit': { hasBack: true, hint: 'Front and back' },
} as const

/** What a visitor reads when there is nothing left to do here. */
const OVER: { readonly [status in Status]?: readonly [title: string, words: string] } = {
  Approved: ['This verification is finished', 'The result is: approved. You can close this page.'],
  Declined: ['This verification is finished', 'The result is: declined. You can close this page.'],
  'In Review': ['This verification is finished', 'A person looks at it now. Nothing left to do.'],
  'Awaiting User': [
    'Waiting for others',
    'Your part is done; other people still have theirs to do.',
  ],
  Expired: ['This link has expired', 'It was not opened in time. Please ask for a new one.'],
  Abandoned: [
    'This link has expired',
    'It was opened but not finished in time. Ask for a new one.',
  ],
  'Kyc Expired': ['This verification has expired', 'The document is no longer valid.'],
}

/** The buttons that are always in sight; the others are behind "More endings". */
const FIRST: readonly ScenarioName[] = ['approve', 'decline', 'review', 'cancel']

export interface PageInput {
  nonce: string
  dir: 'ltr' | 'rtl'
  sessionId: string
  status: Status
  /** Whether the visitor has something to do. */
  open: boolean
  /** How it ends when the visitor just goes on to the end. */
  scenario: ScenarioName
  /** Path under which the page reports `start` and `finish`. */
  api: string
  /** Where a visitor who leaves may go back to. */
  leave: string | null
  page: Faults['page']
}

export function renderPage(input: PageInput): string {
  const { nonce, dir, open, status, scenario } = input
  const config = { ...input, nonce: undefined, messages: MESSAGES, documents: DOCUMENTS }
  const [title, words] = OVER[status] ?? ['Verify your identity', '']
  return shell({
    nonce,
    dir,
    title: open ? 'Verify your identity' : title,
    body: open
      ? `${flow()}${endings(scenario)}`
      : `<section class="card"><h1 tabindex="-1">${title}</h1><p>${words}</p></section>`,
    // `<` is escaped, so that no value can end the element.
    script: `<script type="application/json" id="config">${JSON.stringify(config).replaceAll('<', '\\u003c')}</script>
<script nonce="${nonce}">${pageScript}</script>`,
  })
}

/** What an unknown link shows. */
export function plainPage(nonce: string): string {
  const body = `<section class="card"><h1>There is no such link</h1>
<p>Perhaps it was not copied whole, or the sandbox was reset since. Please ask for a new one.</p></section>`
  return shell({ nonce, dir: 'ltr', title: 'There is no such link', body, script: '' })
}

interface Shell {
  nonce: string
  dir: string
  title: string
  body: string
  script: string
}

function shell({ nonce, dir, title, body, script }: Shell): string {
  return `<!doctype html>
<html lang="en" dir="${dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Didit sandbox</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${pageStyle}</style>
</head>
<body>
<header class="bar">
<p class="brand"><span class="mark" aria-hidden="true"></span>Didit sandbox</p>
<button id="close" class="close" type="button" aria-label="Close" hidden>×</button>
</header>
<main>
${body}
</main>
${script}
</body>
</html>`
}

function flow(): string {
  return `<ol class="progress" aria-label="Progress">
<li data-part="document" aria-current="step">Document</li><li data-part="face">Selfie</li><li data-part="done">Result</li>
</ol>
<section class="card" data-screen="intro">
<h1 tabindex="-1">Verify your identity</h1>
<p>It takes about a minute. You need:</p>
<ul class="needs"><li>an identity document</li><li>a camera, for a selfie</li></ul>
<p class="note">This is a rehearsal: pictures never leave this browser, and nobody looks at them.</p>
<button id="begin" class="primary" type="button">Start</button>
</section>
<section class="card" data-screen="document" hidden>
<h1 tabindex="-1">Choose your document</h1>
<form id="pick">
<label for="country">Issued by</label>
<select id="country">${options()}</select>
<fieldset><legend>Kind of document</legend>${documents()}</fieldset>
<button class="primary" type="submit">Continue</button>
</form>
</section>
<section class="card" data-screen="capture" hidden>
<h1 id="capture-title" tabindex="-1"></h1>
<p id="capture-hint"></p>
<div class="view" id="view">
<video id="video" playsinline muted aria-label="Live picture of your camera" data-when="waiting live"></video>
<canvas id="picture" role="img" aria-label="The picture you have taken" data-when="taken"></canvas>
<p class="empty" data-when="choose" aria-hidden="true"></p>
</div>
<p class="problem" role="alert" id="problem" data-when="trouble"></p>
<div class="buttons">
<button id="camera" class="primary" type="button" data-when="choose">Use the camera</button>
<button id="retry" class="primary" type="button" data-when="trouble">Try again</button>
<button id="shoot" class="primary" type="button" data-when="waiting live">Take picture</button>
<button id="accept" class="primary" type="button" data-when="taken">Continue</button>
<button id="retake" type="button" data-when="taken">Retake</button>
<button id="sample" type="button" data-when="choose waiting trouble">Use a sample picture</button>
</div>
</section>
<section class="card" data-screen="busy" hidden>
<h1 tabindex="-1">Checking…</h1><p role="status">One moment, please.</p><div class="spinner" aria-hidden="true"></div>
</section>
<section class="card" data-screen="done" hidden>
<h1 tabindex="-1">You are done</h1>
<p>The sandbox says: <strong id="result"></strong>.</p><p id="onward">You can close this page.</p>
</section>
<section class="card" data-screen="left" hidden>
<h1 tabindex="-1">You have left the verification</h1>
<p>Nothing is lost: you can go on where you were.</p>
<div class="buttons"><button id="resume" class="primary" type="button">Go on</button><a id="leave" class="button" hidden></a></div>
</section>
<section class="card" data-screen="failed" hidden>
<h1 tabindex="-1">The sandbox did not answer</h1>
<p>Perhaps it was stopped, or it was told to fail.</p>
<button id="again" class="primary" type="button">Try again</button>
</section>`
}

function endings(chosen: ScenarioName): string {
  const rest = (Object.keys(SCENARIOS) as ScenarioName[]).filter((name) => !FIRST.includes(name))
  return `<aside class="endings" aria-labelledby="endings">
<h2 id="endings">Sandbox: choose how this verification ends</h2>
<div class="choices">${FIRST.map(choice).join('')}</div>
<details><summary>More endings</summary><div class="choices">${rest.map(choice).join('')}</div></details>
<p>Going through all steps ends with: <strong>${SCENARIOS[chosen].label}</strong>.</p>
</aside>`
}

function choice(name: ScenarioName): string {
  const { label, status } = SCENARIOS[name]
  return `<button type="button" data-scenario="${name}" data-status="${status ?? ''}">${label}</button>`
}

function options(): string {
  const all = Object.entries(COUNTRIES)
  return all.map(([code, { name }]) => `<option value="${code}">${name}</option>`).join('')
}

function documents(): string {
  const kind = ([name, { hint }]: [string, { hint: string }], i: number) =>
    `<label class="kind"><input type="radio" name="kind" value="${name}"${i === 0 ? ' checked' : ''}>
<span>${name}<small>${hint}</small></span></label>`
  return Object.entries(DOCUMENTS).map(kind).join('')
}
