// A second press, while the application is slow to answer the first, would find the request answered already.
const form = document.querySelector('.consent form')

form.addEventListener('submit', event => {
  if (form.hasAttribute('aria-busy')) event.preventDefault()
  form.setAttribute('aria-busy', 'true')
})

// Back again, by the browser's own button, the page is as it was.
window.addEventListener('pageshow', () => form.removeAttribute('aria-busy'))
