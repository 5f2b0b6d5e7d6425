// Lays a Brotli and a gzip copy beside each file of the build, so that the server never compresses anything itself.

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))

const compressible = /\.(js|css|html|svg|json)$/
// A smaller file fits into one packet as it is.
const worthwhile = 1000

const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT } = constants

const brotli = (body) =>
  promisify(brotliCompress)(body, {
    params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_MODE]: BROTLI_MODE_TEXT, [BROTLI_PARAM_SIZE_HINT]: body.length },
  })

const codings = [
  { suffix: '.br', compress: brotli },
  { suffix: '.gz', compress: (body) => promisify(gzip)(body, { level: 9 }) },
]

async function compressFile(path) {
  const body = await readFile(path)
  if (body.length <= worthwhile) return
  await Promise.all(
    codings.map(async ({ suffix, compress }) => {
      const smaller = await compress(body)
      if (smaller.length < body.length) await writeFile(path + suffix, smaller)
    }),
  )
}

// Dot files, such as the build's own manifest, are not served.
async function filesIn(folder) {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !name.startsWith('.'))
  const found = entries.map((entry) => (entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)]))
  return (await Promise.all(found)).flat()
}

await Promise.all((await filesIn(dist)).filter((path) => compressible.test(path)).map(compressFile))
