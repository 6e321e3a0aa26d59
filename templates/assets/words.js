/** Puts values in place of `{name}`, as the site itself does. */
export const fill = (text, values) =>
  text.replace(/\{([a-z]\w*)\}/gi, (placeholder, name) => values[name] ?? placeholder)
