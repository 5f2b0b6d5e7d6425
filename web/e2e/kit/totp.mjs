// What an authenticator app shows: RFC 6238 as the server takes it.

import { createHmac } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const step = 30

/** The code of a secret now, or so many steps of half a minute later: each code is taken once, and one step ahead at most. */
export function codeOf(secret, ahead = 0) {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / step) + ahead))
  const digest = createHmac('sha1', bytesOf(secret)).update(counter).digest()
  const number = digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

function bytesOf(base32) {
  const bits = [...base32].map((char) => alphabet.indexOf(char).toString(2).padStart(5, '0')).join('')
  return Buffer.from(bits.match(/[01]{8}/g).map((byte) => Number.parseInt(byte, 2)))
}
