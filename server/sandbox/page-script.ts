import { pageCamera } from './page-camera.ts'

/** The behaviour of the hosted page. Plain JavaScript, inlined under the page's nonce. */
export const pageScript = `
'use strict'
{
  const $ = (id) => document.getElementById(id)
  const config = JSON.parse($('config').textContent)
  const query = new URLSearchParams(location.search)
  const framed = window.parent !== window
  const CAPTURES = {
    document_front: {
      title: 'Photograph your document', hint: 'Keep all four corners in the picture.',
      shoot: 'Take picture', accept: 'Continue',
      facing: query.get('document_camera') === 'front' ? 'user' : 'environment',
    },
    document_back: {
      title: 'Now the back', hint: 'Turn the document over.',
      shoot: 'Take picture', accept: 'Continue',
      facing: query.get('document_camera') === 'front' ? 'user' : 'environment',
    },
    face: {
      title: 'Take a selfie', hint: 'Look straight into the camera, in good light.',
      shoot: 'Take selfie', accept: 'Submit',
      facing: query.get('liveness_camera') === 'back' ? 'environment' : 'user',
    },
  }

  let leave = config.leave
  let step
  let picked
  let screen = 'intro'
  let beforeLeaving = 'intro'
  let finishing = false
  let opening

  // The receiver is not known for sure, and nothing in here is secret: hence '*'.
  function post(name, data) {
    if (!config.messages[name]) throw new Error('No such message: ' + name)
    const message = { type: 'didit:' + name, ...(data && { data }), timestamp: Date.now() }
    const { messages } = config.page
    if (messages === 'none') return
    const sent = messages === 'json' ? JSON.stringify(message) : message
    if (framed) window.parent.postMessage(sent, '*')
    if (window.opener) window.opener.postMessage(sent, '*')
  }

  async function call(action, body) {
    const response = await fetch(config.api + '/' + action, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
    })
    // Over in the meantime: the page as it is now says so.
    if (response.status === 409) location.reload()
    if (!response.ok) throw new Error('Answer ' + response.status)
    return response.json()
  }

  function show(name) {
    screen = name
    for (const each of document.querySelectorAll('[data-screen]')) {
      each.hidden = each.dataset.screen !== name
    }
    const part = name === 'done' || name === 'busy' ? 'done' : step === 'face' ? 'face' : 'document'
    let past = true
    for (const each of document.querySelectorAll('[data-part]')) {
      const here = each.dataset.part === part
      if (here) past = false
      each.toggleAttribute('data-past', past)
      if (here) each.setAttribute('aria-current', 'step')
      else each.removeAttribute('aria-current')
    }
    document.querySelector('[data-screen="' + name + '"] h1').focus()
  }

  function open() {
    opening = call('start', {}).then((answer) => {
      leave = answer.leave
      if (answer.status !== config.status) post('status_updated', { status: answer.status })
      post('started', { sessionId: config.sessionId })
    })
    opening.catch(fail)
  }

  function fail() {
    finishing = false
    stopCamera()
    post('error', { error: 'network_error', ...(step && { step }) })
    show('failed')
  }

  function enter(next) {
    const previous = step
    if (previous) post('step_completed', { step: previous, nextStep: next })
    step = next
    post('step_changed', { step, ...(previous && { previousStep: previous }) })
    post('step_started', { step })
    if (step === 'document_selection') return show('document')
    const capture = CAPTURES[step]
    $('capture-title').textContent = capture.title
    $('capture-hint').textContent = capture.hint
    $('shoot').textContent = capture.shoot
    $('accept').textContent = capture.accept
    $('view').dataset.step = step
    $('view').dataset.facing = capture.facing
    setState('choose')
    show('capture')
    if (step === 'face') void startCamera()
  }

  function setState(state) {
    $('view').dataset.state = state
    for (const each of document.querySelectorAll('[data-when]')) {
      each.hidden = !each.dataset.when.split(' ').includes(state)
    }
    $('shoot').disabled = state !== 'live'
  }

${pageCamera}
  function accept() {
    if (step === 'document_front' && config.documents[picked.type].hasBack) return enter('document_back')
    if (step !== 'face') return enter('face')
    void finish(config.scenario)
  }

  async function finish(scenario) {
    if (finishing) return
    const button = document.querySelector('[data-scenario="' + scenario + '"]')
    if (!button.dataset.status) return cancel()
    finishing = true
    stopCamera()
    show('busy')
    if (step) post('step_completed', { step })
    post('verification_submitted', { step: step || 'document_selection' })
    try {
      await opening
      const { status, callback } = await call('finish', { scenario, document: picked })
      post('status_updated', { status, ...(step && { previousStep: step }) })
      done(status, callback)
    } catch {
      fail()
    }
  }

  function done(status, callback) {
    $('result').textContent = status
    if (callback) $('onward').textContent = 'Taking you back to ' + whereTo(callback) + '…'
    document.querySelector('.endings').hidden = true
    show('done')
    post('completed', { sessionId: config.sessionId, status })
    if (!callback) return
    if (config.page.redirect === 'at-once') location.assign(callback)
    else setTimeout(() => location.assign(callback), 1000)
  }

  function cancel() {
    if (finishing || screen === 'left') return
    stopCamera()
    beforeLeaving = screen
    post('cancelled', { sessionId: config.sessionId })
    if (leave && !framed) {
      $('leave').href = leave
      $('leave').textContent = 'Return to ' + whereTo(leave)
      $('leave').hidden = false
    }
    show('left')
  }

  function resume() {
    if (beforeLeaving !== 'capture') return show(beforeLeaving)
    if ($('view').dataset.state !== 'taken') setState('choose')
    show('capture')
  }

  function whereTo(url) {
    const { origin, protocol } = new URL(url)
    return origin === 'null' ? protocol.slice(0, -1) : origin
  }

  function on(id, act) {
    $(id).addEventListener('click', act)
  }

  if (framed) {
    $('close').hidden = false
    on('close', () => post('close_request'))
  }

  if (query.get('sdk_presentation') === 'embedded') {
    const dark = matchMedia('(prefers-color-scheme: dark)')
    let last
    const report = () => {
      const contentHeight = Math.ceil(document.documentElement.getBoundingClientRect().height)
      const colorScheme = dark.matches ? 'dark' : 'light'
      if (last === contentHeight + colorScheme) return
      last = contentHeight + colorScheme
      post('layout', { contentHeight, colorScheme, dir: document.documentElement.dir })
    }
    new ResizeObserver(report).observe(document.documentElement)
    dark.addEventListener('change', report)
  }

  post('ready', { sessionId: config.sessionId })
  if (config.open) {
    on('begin', () => enter('document_selection'))
    on('camera', startCamera)
    on('retry', startCamera)
    on('retake', startCamera)
    on('shoot', shoot)
    on('sample', sample)
    on('accept', accept)
    on('resume', resume)
    on('again', () => location.reload())
    $('pick').addEventListener('submit', (event) => {
      event.preventDefault()
      picked = { type: new FormData($('pick')).get('kind'), country: $('country').value }
      post('document_selected', { documentType: picked.type, country: picked.country })
      enter('document_front')
    })
    for (const each of document.querySelectorAll('[data-scenario]')) {
      each.addEventListener('click', () => finish(each.dataset.scenario))
    }
    setState('choose')
    open()
    addEventListener('pagehide', stopCamera)
  } else if (config.status === 'Expired' || config.status === 'Abandoned') {
    post('error', { error: 'session_expired' })
  } else {
    post('status_updated', { status: config.status })
  }
  addEventListener('pageshow', (event) => event.persisted && location.reload())
}
`
