export type Piece = { text: string; as: 'same' | 'gone' | 'new' }

// Above this many pairs of words the comparison would be felt; such texts are shown whole, old beside new.
const most = 4_000_000

/** Two versions of a text, word by word: what stayed, what is gone, what is new. */
export function wordDiff(before: string, after: string): Piece[] {
  if (before === after) return [{ text: after, as: 'same' }]
  const [old, now] = [before, after].map((text) => text.split(/(?<=\s)/)) as [string[], string[]]
  if (old.length * now.length > most) return tidy([{ text: before, as: 'gone' }, { text: after, as: 'new' }])
  const common = lengths(old, now)
  const pieces: Piece[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && same(old[i], now[j])) {
      pieces.push({ text: now[j] as string, as: 'same' })
      i++
      j++
    } else if (j >= now.length || (i < old.length && at(common, i + 1, j) >= at(common, i, j + 1))) {
      pieces.push({ text: old[i++] as string, as: 'gone' })
    } else {
      pieces.push({ text: now[j++] as string, as: 'new' })
    }
  }
  return tidy(pieces)
}

const same = (a: string | undefined, b: string | undefined) => a?.trimEnd() === b?.trimEnd()
const at = (table: Uint32Array[], i: number, j: number) => table[i]?.[j] ?? 0

/** Lengths of the longest common run of words from each pair of places on. */
function lengths(old: string[], now: string[]): Uint32Array[] {
  const table = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1))
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const row = table[i] as Uint32Array
      row[j] = same(old[i], now[j]) ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1))
    }
  }
  return table
}

/** Neighbours of one sort are one piece, and a run of changes reads old first, new after. */
function tidy(pieces: Piece[]): Piece[] {
  const tidied: Piece[] = []
  let [gone, fresh] = ['', '']
  const flush = () => {
    if (gone) tidied.push({ text: gone, as: 'gone' })
    if (fresh) tidied.push({ text: fresh, as: 'new' })
    gone = fresh = ''
  }
  for (const piece of pieces) {
    if (piece.as === 'gone') gone += piece.text
    else if (piece.as === 'new') fresh += piece.text
    else {
      flush()
      const last = tidied.at(-1)
      if (last?.as === 'same') last.text += piece.text
      else tidied.push({ ...piece })
    }
  }
  flush()
  return tidied
}
