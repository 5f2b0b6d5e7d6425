// The real program on a directory of its own, with a private Postgres and an event node that live and die with it.
//
//   const server = await startServer()              // the demo company, loaded or copied (see below)
//   await fetch(server.url + '/readyz')
//   await server.import('mail', 'letters.mbox')     // what `letopis import` does, into the running server
//   await server.stop()                             // fails if anything of it is left behind
//
// Loading the demo company takes 10 to 14 s on two cores; starting on a copy of a directory where it is loaded already,
// 0.6 s. So e2e/run.mjs loads it once, and each server of the run is a copy: one that all files which only read share,
// and one for every file that changes data. Nothing has to be cleaned up between files, and their order does not matter.
// A file that runs alone loads the demo itself.

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

const binary = process.env.LETOPIS_BIN ?? fileURLToPath(new URL('../../../bin/letopis', import.meta.url))

// Loading the demo is work of many seconds for a processor, which others may want too.
const startWithin = 300_000
const stopWithin = 20_000

/** The server that files which only read share: the run's, or one of this file alone. */
export async function sharedServer() {
  const url = process.env.LETOPIS_E2E_URL
  return url ? { url, stop: async () => {} } : startServer()
}

/** A server of one's own. */
export async function startServer() {
  return serve(await newData(process.env.LETOPIS_E2E_TEMPLATE), ['--demo', 'tiny'])
}

/** A server that nobody can sign in to yet; `setUp` is the address that it printed for making the first administrator. */
export async function startEmptyServer(...flags) {
  return serve(await newData(), flags)
}

/** A directory in which the demo company is loaded, for servers to start from copies of it. */
export async function makeTemplate() {
  const data = await newData()
  const heir = startHeir('', data)
  const remove = async () => {
    await endHeir(heir)
    await removeData(data)
  }
  try {
    const server = await serve(data, ['--demo', 'tiny'])
    await server.halt()
    return { data, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

async function newData(template) {
  const data = await mkdtemp(join(tmpdir(), 'letopis-e2e-'))
  // Not fs.cp: the database's files belong to another user when the tests run as root, and Postgres insists on that.
  try {
    if (template) await run('cp', ['-a', `${template}/.`, data])
    return data
  } catch (error) {
    await removeData(data)
    throw error
  }
}

const removeData = (data) => rm(data, { recursive: true, force: true, maxRetries: 5 })

async function serve(data, how) {
  const args = ['serve', '--data', data, '--listen', '127.0.0.1:0', '--log-level', 'warn', ...how]
  const program = spawn(binary, args, { env: ownEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(program, 'exit')
  const said = lastLines(program.stderr)
  const heir = startHeir(program.pid, data)
  const halt = async () => {
    await endProgram(program, ended)
    await endHeir(heir)
    await assertNothingRuns(data)
  }
  const stop = async () => {
    try {
      await halt()
    } finally {
      await removeData(data)
    }
  }
  try {
    const { url, setUp } = await Promise.race([greeting(program), failure(ended, said), tooLate('letopis serve', startWithin)])
    await ready(url)
    return { url, setUp, data, halt, stop, import: (kind, file, ...flags) => importFile(data, kind, file, flags) }
  } catch (error) {
    await stop()
    throw error
  }
}

// Variables of the developer's own installation would send the tests to real servers.
const foreign = /^(LETOPIS_(?!PG_BIN$)|DATABASE_URL$|EVENTSTORE_URL$)/

function ownEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}

function lastLines(stream) {
  const lines = []
  createInterface({ input: stream }).on('line', (line) => {
    lines.push(line)
    if (lines.length > 20) lines.shift()
  })
  return lines
}

// What it prints: its address last, and before it the way in where nobody can sign in yet.
function greeting(program) {
  return new Promise((resolve) => {
    let setUp
    createInterface({ input: program.stdout }).on('line', (line) => {
      setUp ??= /http:\S+\/setup#token=\S+/.exec(line)?.[0]
      const found = /^Letopis: (http:\S+)/.exec(line)
      if (found) resolve({ url: found[1], setUp })
    })
  })
}

async function failure(ended, said) {
  const [code] = await ended
  throw new Error(`letopis serve ended with ${code}:\n${said.join('\n')}`)
}

async function tooLate(what, within) {
  await pause(within, undefined, { ref: false })
  throw new Error(`${what}: no answer within ${within / 1000} s`)
}

async function ready(url) {
  const answers = () => fetch(url + '/readyz').then((answer) => answer.ok, () => false)
  await until(answers, { within: startWithin, what: `${url}/readyz` })
}

/** Asks again and again until the answer is true; for what no page and no process tells by itself. */
export async function until(answers, { within = 10_000, every = 50, what = 'a condition' } = {}) {
  const deadline = Date.now() + within
  while (!(await answers())) {
    if (Date.now() > deadline) throw new Error(`${what}: not true within ${within / 1000} s`)
    await pause(every)
  }
}

async function importFile(data, kind, file, flags) {
  const args = ['import', kind, file, '--data', data, '--log-level', 'warn', ...flags]
  const { stdout } = await run(binary, args, { env: ownEnvironment() })
  return stdout
}

// A test that is killed stops nothing itself. The heir notices its death by the end of its input, ends the server, if there
// is one, and removes the directory. It has a session of its own, or Ctrl-C would end it first. The directory comes by environment:
// among the arguments it would look like a process that was left behind.
const lastWill = `
  read -r _
  kill "$PROGRAM" 2>/dev/null
  for _ in $(seq 200); do kill -0 "$PROGRAM" 2>/dev/null || break; sleep 0.1; done
  rm -rf -- "$DATA"`

function startHeir(pid, data) {
  const env = { PATH: process.env.PATH, PROGRAM: String(pid ?? ''), DATA: data }
  return spawn('sh', ['-c', lastWill], { env, detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
}

async function endHeir(heir) {
  const ended = once(heir, 'exit')
  heir.kill('SIGKILL')
  await ended
}

async function endProgram(program, ended) {
  program.kill('SIGTERM')
  try {
    await Promise.race([ended, tooLate('the end of letopis serve', stopWithin)])
  } catch (error) {
    program.kill('SIGKILL')
    await ended
    throw error
  }
}

// Postgres and the event node are named by the directory they work in.
async function assertNothingRuns(data) {
  const left = processesOf(data)
  if (left.length === 0) return
  for (const { pid } of left) process.kill(pid, 'SIGKILL')
  throw new Error(`letopis serve left behind: ${left.map(({ pid, command }) => `${pid} ${command}`).join('; ')}`)
}

function processesOf(data) {
  if (!existsSync('/proc/self/cmdline')) return []
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map((pid) => ({ pid: Number(pid), command: commandOf(pid) })).filter(({ command }) => command.includes(data))
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return '' // it has ended meanwhile
  }
}
