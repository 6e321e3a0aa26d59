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
    say(button, status)
  } catch {
    // The browser or the site's address (plain http) does not allow it: the next best is one key press away.
    input.focus()
    input.select()
    status.textContent = button.dataset.selected
  }
}

/** The button brings all that it says: its first words, and those for when it is done. */
function say(button, status) {
  const { timer, words } = before.get(button) ?? { words: button.textContent }
  button.textContent = button.dataset.copied
  status.textContent = button.dataset.copied
  clearTimeout(timer)
  const back = () => {
    button.textContent = words
    status.textContent = ''
    before.delete(button)
  }
  before.set(button, { timer: setTimeout(back, LONG_ENOUGH), words })
}

/** What buttons said that say "Copied!" now. */
const before = new WeakMap()

enableCopyButtons(document)
