/** How long a button says "Copied!", in milliseconds. */
const LONG_ENOUGH = 4000

/** Shows the Copy buttons below `root` and makes them work. Without JavaScript they stay hidden. */
export function enableCopyButtons(root) {
  for (const button of root.querySelectorAll('[data-copy]')) {
    button.hidden = false
    button.addEventListener('click', () => copy(button))
  }
}

async function copy(button) {
  const input = document.getElementById(button.dataset.copy)
  const status = button.parentElement.querySelector('[role="status"]')
  try {
    await navigator.clipboard.writeText(input.value)
    say('Copied!', button, status)
  } catch {
    // The browser or the site's address (plain http) does not allow it: the next best is one key press away.
    input.focus()
    input.select()
    status.textContent = 'It is selected. Copy it with the keyboard.'
  }
}

function say(words, button, status) {
  button.textContent = words
  status.textContent = words
  clearTimeout(timers.get(button))
  const back = () => {
    button.textContent = 'Copy'
    status.textContent = ''
  }
  timers.set(button, setTimeout(back, LONG_ENOUGH))
}

const timers = new WeakMap()

enableCopyButtons(document)
