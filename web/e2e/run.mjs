// All tests in a browser: loads the demo company once, starts the server that reading files share, runs the files, stops it.
//
//   node e2e/run.mjs                                    all files
//   node e2e/run.mjs e2e/sign-in.test.mjs …             some
//   node --test-name-pattern=phone e2e/run.mjs          tests by their names

import { setMaxListeners } from 'node:events'
import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { fileURLToPath } from 'node:url'

import { makeTemplate, startServer } from './kit/server.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))

// The longest ones begin: at the end no file should be left to run alone.
const longest = ['xss', 'axe', 'shell', 'negotiations', 'messages'].map((name) => `${name}.test.mjs`)

function chosenFiles() {
  const given = process.argv.slice(2)
  if (given.length > 0) return given.map((path) => resolve(path))
  const others = readdirSync(here).filter((name) => name.endsWith('.test.mjs') && !longest.includes(name))
  return [...longest, ...others].map((name) => here + name)
}

// Two at once: a page waits for its server about as often as it computes.
async function runFiles() {
  const stopped = new AbortController()
  setMaxListeners(0, stopped.signal) // every file listens
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopped.abort())
  const tests = run({ files: chosenFiles(), concurrency: 2, signal: stopped.signal })
  let failed = false
  tests.on('test:fail', () => {
    failed = true
  })
  const report = tests.compose(spec)
  report.pipe(process.stdout)
  await finished(report)
  return failed || stopped.signal.aborted ? 1 : 0
}

async function withServers(body) {
  const template = await makeTemplate()
  process.env.LETOPIS_E2E_TEMPLATE = template.data
  try {
    const server = await startServer()
    process.env.LETOPIS_E2E_URL = server.url
    try {
      return await body()
    } finally {
      await server.stop()
    }
  } finally {
    await template.remove()
  }
}

process.exitCode = await withServers(runFiles)
