const latin = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./"
const cyrillic = 'ёйцукенгшщзхъфывапролджэячсмитьбю.'

/** The text as it would have come out in the other keyboard layout: "ctdth" → "север", «сдшуте» → "client". */
export function otherLayout(text: string): string {
  const toCyrillic = !/[а-яё]/i.test(text)
  const [from, to] = toCyrillic ? [latin, cyrillic] : [cyrillic, latin]
  return [...text]
    .map((char) => {
      const at = from.indexOf(char.toLowerCase())
      if (at < 0) return char
      const other = to[at] ?? char
      return char === char.toLowerCase() ? other : other.toUpperCase()
    })
    .join('')
}
