// Holds the build to its size: what is fetched first, what each lazily loaded part adds, and the whole.
// Compressed as the server sends it to the simplest client (gzip); kB are 1000 bytes.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))

const limits = { initialJs: 245, initialCss: 40, part: 80, partWithCharts: 130, dist: 3000 }

// The texts that the first page waits for, in one language: nobody fetches two.
const firstTexts = /(^|\/)i18n\/ru\/(common|words(\.gen)?)\.json$/
const anyTexts = /(^|\/)i18n\//

const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))
const keys = Object.keys(manifest)

// A chunk with all that it imports at once, and its styles.
function filesOf(start, found = new Set(), seen = new Set()) {
  if (seen.has(start)) return found
  seen.add(start)
  const { file, css = [], imports = [] } = manifest[start]
  for (const name of [file, ...css]) found.add(name)
  for (const next of imports) filesOf(next, found, seen)
  return found
}

const measured = new Map()

function gzipped(file) {
  if (!measured.has(file)) measured.set(file, gzipSync(readFileSync(join(dist, file)), { level: 9 }).length)
  return measured.get(file)
}

const kB = (bytes) => bytes / 1000
const sum = (files, ends) => kB(files.filter((file) => file.endsWith(ends)).reduce((total, file) => total + gzipped(file), 0))

function initialFiles() {
  const entries = keys.filter((key) => manifest[key].isEntry)
  const texts = keys.filter((key) => firstTexts.test(key))
  if (entries.length === 0) throw new Error('budget: the manifest has no entry')
  if (texts.length === 0) throw new Error('budget: the manifest has no texts of the first page; has their place changed?')
  const found = new Set()
  for (const start of [...entries, ...texts]) filesOf(start, found)
  return found
}

function parts(initial) {
  const starts = keys.filter((key) => manifest[key].isDynamicEntry && !anyTexts.test(key))
  const rows = starts.map((key) => {
    const added = [...filesOf(key)].filter((file) => !initial.has(file))
    const limit = added.some((file) => /chart/i.test(file)) ? limits.partWithCharts : limits.part
    return { what: key, size: sum(added, '.js'), limit }
  })
  return rows.toSorted((a, b) => b.size - a.size)
}

// Copies that are compressed ahead are the same content once more, and dot files are not served.
function rawSize(folder) {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.') && !/\.(br|gz)$/.test(name))
  const sizes = names.map((name) => join(folder, name)).map((path) => {
    const stat = statSync(path)
    return stat.isDirectory() ? rawSize(path) : stat.size
  })
  return sizes.reduce((total, size) => total + size, 0)
}

const initial = initialFiles()
const rows = [
  { what: 'first page: scripts', size: sum([...initial], '.js'), limit: limits.initialJs },
  { what: 'first page: styles', size: sum([...initial], '.css'), limit: limits.initialCss },
  { what: 'everything, not compressed', size: kB(rawSize(dist)), limit: limits.dist },
  ...parts(initial),
]

for (const { what, size, limit } of rows) {
  const verdict = size > limit ? '  OVER' : ''
  console.log(`${size.toFixed(1).padStart(8)} / ${String(limit).padStart(4)} kB  ${what}${verdict}`)
}

// Where to look for what can be fetched later.
if (rows[0].size > rows[0].limit) {
  const scripts = [...initial].filter((file) => file.endsWith('.js')).toSorted((a, b) => gzipped(b) - gzipped(a))
  for (const file of scripts) console.log(`${sum([file], '.js').toFixed(1).padStart(8)} kB         of the first page: ${file}`)
}

const over = rows.filter(({ size, limit }) => size > limit)
if (over.length > 0) {
  console.error(`budget: ${over.length} over the limit`)
  process.exitCode = 1
}
