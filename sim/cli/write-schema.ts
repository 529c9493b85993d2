// `npm run schema`: writes the JSON Schema of scenarios, for editors, into `public/`. A part of every build.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { scenarioSchema } from '../schema/index.ts'

const folder = fileURLToPath(new URL('../../public/', import.meta.url))
mkdirSync(folder, { recursive: true })
writeFileSync(`${folder}scenario.schema.json`, `${JSON.stringify(scenarioSchema())}\n`)
