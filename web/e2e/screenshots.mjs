// Pictures of every screen, desktop and phone, into test-results/screenshots/<name>-<device>.png.
//
//   node e2e/screenshots.mjs                 in Russian, light
//   node e2e/screenshots.mjs --all           also in English and in the dark
//   node e2e/screenshots.mjs clients daily   only these
//
// LETOPIS_E2E_URL takes the pictures of a server that runs already.

import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { launch, openPage } from './kit/browser.mjs'
import { sharedServer } from './kit/server.mjs'
import { byLogin, demoIds, screens, visit } from './screens.mjs'

const folder = fileURLToPath(new URL('../../test-results/screenshots/', import.meta.url))

const { values, positionals } = parseArgs({ options: { all: { type: 'boolean' } }, allowPositionals: true })

const looks = [{ suffix: '' }, ...(values.all ? [{ lang: 'en', suffix: '-en' }, { scheme: 'dark', suffix: '-dark' }] : [])]

function chosenScreens() {
  const unknown = positionals.filter((name) => !screens.some((screen) => screen.name === name))
  if (unknown.length > 0) throw new Error(`no such screen: ${unknown.join(', ')}`)
  return positionals.length > 0 ? screens.filter(({ name }) => positionals.includes(name)) : screens
}

// A screen that fails must not keep the others from their pictures: it is named at the end, and pictured as it was.
async function picture(page, screen, ids, path) {
  try {
    await visit(page, screen, ids)
  } catch (error) {
    return `${path}: ${error.message.split('\n')[0]}`
  } finally {
    // What is seen, not the whole length: virtual lists have nothing beyond.
    await page.screenshot({ path, animations: 'disabled', caret: 'hide' })
  }
}

async function pictures(browser, url, ids, device, look) {
  const failed = []
  for (const [as, group] of byLogin(chosenScreens())) {
    const { page, close } = await openPage(browser, url, { ...look, as, device })
    for (const screen of group) failed.push(await picture(page, screen, ids, `${folder}${screen.name}-${device}${look.suffix}.png`))
    await close()
  }
  return failed.filter(Boolean)
}

async function takeAll(url) {
  const browser = await launch()
  try {
    const ids = await demoIds(url)
    const failed = []
    for (const look of looks) {
      const both = ['desktop', 'phone'].map((device) => pictures(browser, url, ids, device, look))
      failed.push(...(await Promise.all(both)).flat())
    }
    return failed
  } finally {
    await browser.close()
  }
}

await mkdir(folder, { recursive: true })
const server = await sharedServer()
try {
  const failed = await takeAll(server.url)
  for (const message of failed) console.error(message)
  if (failed.length > 0) process.exitCode = 1
} finally {
  await server.stop()
}
console.log(`pictures: ${folder}`)
