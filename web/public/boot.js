// Runs before the first paint, so that a dark page does not flash white and text is announced in its own language.
(function () {
  var root = document.documentElement
  try {
    var scheme = localStorage.getItem('letopis.color-scheme') || 'auto'
    if (scheme === 'auto') scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
    root.setAttribute('data-mantine-color-scheme', scheme)
    root.lang = localStorage.getItem('letopis.lang') === 'en' ? 'en' : 'ru'
  } catch {
    root.setAttribute('data-mantine-color-scheme', 'light')
  }
})()
