// Without letters and digits that look alike: passwords are read aloud and copied by hand.
const signs = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A password nobody can guess, in groups that can be read. */
export function suggestedPassword(groups = 4, length = 4): string {
  const group = () => Array.from({ length }, sign).join('')
  return Array.from({ length: groups }, group).join('-')
}

function sign(): string {
  // A byte beyond the last whole multiple would make the first signs likelier.
  const limit = 256 - (256 % signs.length)
  for (;;) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1))
    if (byte < limit) return signs[byte % signs.length] as string
  }
}
