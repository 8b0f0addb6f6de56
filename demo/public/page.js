// What any host page would do: set attributes, listen to events. The log keeps what came before a
// redirect, as a page of yours need not.
const element = document.querySelector('#verify')
const log = document.querySelector('#log')
const LOG = 'demo-log'
const CHOICES = ['mode', 'language']
const EVENTS = [
  'didit-start',
  'didit-session',
  'didit-state',
  'didit-progress',
  'didit-submit',
  'didit-status',
  'didit-trouble',
  'didit-close-request',
  'didit-complete',
  'didit-cancel',
  'didit-error',
]

const lines = JSON.parse(sessionStorage.getItem(LOG) ?? '[]')
for (const line of lines) show(line)

for (const type of EVENTS) {
  document.addEventListener(type, (event) => {
    const fields = Object.fromEntries(
      Object.entries(event).filter(([name]) => name !== 'isTrusted' && name !== 'cause'),
    )
    const line = { time: new Date().toLocaleTimeString('en-GB'), type, fields }
    lines.push(line)
    sessionStorage.setItem(LOG, JSON.stringify(lines))
    show(line)
  })
}

for (const name of CHOICES) {
  const group = document.querySelector(`#${name}`)
  choose(name, sessionStorage.getItem(`demo-${name}`) ?? 'auto')
  group.addEventListener('change', ({ target }) => {
    sessionStorage.setItem(`demo-${name}`, target.value)
    // The language is read when the element connects; a page of yours is in one language.
    if (name === 'language') location.reload()
    else choose(name, target.value)
  })
}

document.querySelector('#reset').addEventListener('click', () => {
  element.reset()
  sessionStorage.clear()
  location.reload()
})

function choose(name, value) {
  const input = document.querySelector(`#${name} [value="${value}"]`)
  if (!input) return
  input[name === 'language' ? 'selected' : 'checked'] = true
  element.setAttribute(name, value)
}

function show({ time, type, fields }) {
  const item = document.createElement('li')
  const parts = [
    ['time', time],
    ['b', type],
    ['code', Object.keys(fields).length ? JSON.stringify(fields) : ''],
  ]
  for (const [tag, text] of parts) {
    const part = document.createElement(tag)
    part.textContent = text
    item.append(part)
  }
  item.dataset.type = type
  log.append(item)
  log.scrollTop = log.scrollHeight
}
