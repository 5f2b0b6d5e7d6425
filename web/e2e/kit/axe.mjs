// Rules of accessibility that a program can check.
//
//   await open(page, '/messages')
//   await assertAccessible(page)

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import { settled } from './browser.mjs'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']

export async function assertAccessible(page) {
  const violations = await findViolations(page)
  if (violations.length > 0) throw new Error(`not accessible:\n${violations.map(describe).join('\n')}`)
}

/** What breaks the rules on the page as it is now: a colour in the middle of a transition would be a false alarm. */
export async function findViolations(page) {
  await settled(page)
  // The policy of the pages forbids scripts from elsewhere; the debugger may run one all the same.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(`${source}\n;0`)
  return page.evaluate(check, tags)
}

// Runs in the page. The results hold elements, so only what is printed leaves it.
async function check(values) {
  const { violations } = await window.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] })
  return violations.map(({ id, impact, help, nodes }) => ({
    id,
    impact,
    help,
    nodes: nodes.map(({ target, html, failureSummary }) => ({ target: target.flat().join(' '), html, failureSummary })),
  }))
}

const shown = 3

function describe({ id, impact, help, nodes }) {
  const places = nodes.slice(0, shown).map(({ target, html, failureSummary }) => {
    const reasons = failureSummary.split('\n').slice(1).map((line) => `\n        ${line.trim()}`)
    return `    ${target}\n      ${html.slice(0, 200)}${reasons.join('')}`
  })
  const rest = nodes.length > shown ? [`    and ${nodes.length - shown} more`] : []
  return [`  ${id} (${impact}): ${help}`, ...places, ...rest].join('\n')
}
