// Property tests draw the same cases in every run, so that a red CI means a change; `SOAK=1` draws new ones.
import fc from 'fast-check'

if (process.env['SOAK'] === undefined) fc.configureGlobal({ seed: 20261123 })
