// Writes src/api/reads.gen.ts: which read models each query's answer comes from, as the OpenAPI document says (x-reads).
// The live stream names the read model that changed; the table tells which answers on the screen have grown old.
import { readFileSync, writeFileSync } from 'node:fs'

const here = new URL('.', import.meta.url)
const { paths } = JSON.parse(readFileSync(new URL('../../docs/openapi.json', here), 'utf8'))

const lines = Object.entries(paths)
  .map(([path, item]) => [path, item.get?.['x-reads'] ?? item.post?.['x-reads']])
  .filter(([, models]) => models)
  .map(([path, models]) => `  '${path}': [${models.map((name) => `'${name}'`).join(', ')}],`)

writeFileSync(
  new URL('../src/api/reads.gen.ts', here),
  `// Generated from docs/openapi.json by tools/reads.mjs; do not edit.\nexport const reads: Record<string, readonly string[]> = {\n${lines.join('\n')}\n}\n`,
)
