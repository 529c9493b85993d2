// Stored schemas have the figures of the registry.
export { assumptions, quotas } from './discoverer.facts.ts'
