import 'didit-verify/define'

const element = document.createElement('didit-verify')
element.mode = 'modal'
document.querySelector('main')?.append(element)

document.addEventListener('didit-complete', ({ outcome }) => {
  const output = document.querySelector('output')
  if (output) output.textContent = outcome
})
