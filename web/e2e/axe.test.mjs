// Accessibility of every screen, light and dark, Russian and English, and that each fits a phone. Colours depend on the scheme
// and names on the language, not on each other: LETOPIS_AXE=all checks the other combinations, and what a phone shows, too.

import { after, before, describe, test } from 'node:test'

import { assertAccessible } from './kit/axe.mjs'
import { assertFitsPhone } from './kit/browser.mjs'
import { explain, openTestPage, theServer } from './kit/test.mjs'
import { byLogin, demoIds, screens, visit } from './screens.mjs'

const always = [
  { device: 'desktop', lang: 'ru', scheme: 'light' }, // Russian words are the longer ones: with these, phones are tried
  { device: 'desktop', lang: 'en', scheme: 'dark' },
]
const others = [
  { device: 'phone', lang: 'ru', scheme: 'light' },
  { device: 'desktop', lang: 'ru', scheme: 'dark' },
  { device: 'desktop', lang: 'en', scheme: 'light' },
  { device: 'phone', lang: 'en', scheme: 'dark' },
]
const variants = process.env.LETOPIS_AXE === 'all' ? [...always, ...others] : always

const findIds = memo(async () => demoIds((await theServer()).url))

function memo(make) {
  let made
  return () => (made ??= make())
}

// A signed-in page shows all screens of its login in turn: a page for each would take longer than the checks.
function check(variant, as, group) {
  const where = Object.values(variant).join(' ')
  describe(`${where}, ${as ?? 'nobody'}`, { concurrency: 1 }, () => {
    let opened
    before(async () => {
      opened = await openTestPage({ ...variant, as })
    })
    after(() => opened?.close())
    for (const screen of group) test(screen.name, () => checkScreen(opened, variant, screen, `axe ${where} ${screen.name}`))
  })
}

async function checkScreen(opened, variant, screen, name) {
  try {
    await visit(opened.page, screen, await findIds())
    await assertAccessible(opened.page)
    if (variant === always[0]) await assertFitsPhone(opened.page)
    opened.watch.assertClean(screen.allow)
  } catch (error) {
    throw await explain(error, opened, name)
  } finally {
    opened.watch.forget()
  }
}

// Two pages at a time: while one loads, the other is checked.
describe('accessibility', { concurrency: 2 }, () => {
  for (const variant of variants) {
    for (const [as, group] of byLogin(screens)) check(variant, as, group)
  }
})
