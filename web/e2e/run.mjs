// All tests in a browser: loads the demo company once, starts the server that reading files share, runs the files, stops it.
//
//   node e2e/run.mjs                                 all files
//   node e2e/run.mjs e2e/sign-in.test.mjs …          some; options of `node --test` are passed on

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { makeTemplate, startServer } from './kit/server.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))

function chosenFiles() {
  const given = process.argv.slice(2)
  if (given.some((argument) => argument.endsWith('.mjs'))) return given
  const all = readdirSync(here).filter((name) => name.endsWith('.test.mjs'))
  return [...given, ...all.map((name) => here + name)]
}

// Two at once: a page waits for its server about as often as it computes.
async function runFiles(env) {
  const args = ['--test', '--test-concurrency=2', '--test-reporter=spec', ...chosenFiles()]
  const tests = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: 'inherit' })
  const pass = (signal) => tests.kill(signal)
  process.on('SIGINT', pass).on('SIGTERM', pass)
  const [code] = await once(tests, 'exit')
  return code ?? 1
}

async function withServers(body) {
  const template = await makeTemplate()
  process.env.LETOPIS_E2E_TEMPLATE = template.data
  try {
    const server = await startServer()
    try {
      return await body({ LETOPIS_E2E_URL: server.url })
    } finally {
      await server.stop()
    }
  } finally {
    await template.remove()
  }
}

process.exitCode = await withServers(runFiles)
