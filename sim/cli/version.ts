// The version of this package, put in by the bundler's copy of package.json.
import manifest from '../../package.json' with { type: 'json' }

export const VERSION: string = manifest.version
