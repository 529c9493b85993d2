// Rules about texts: what breaks determinism, first lines, words left behind, traces of a machine.
import { codeOf, isSource, isTest, lineAt, type SourceFile } from './source.ts'

/** A word or form that the core does without, and what to write instead. */
interface Ban {
  readonly pattern: RegExp
  readonly instead: string
}

const name = (words: string): RegExp => new RegExp(`(?<![.\\w$])(?:${words})(?![\\w$]|\\s*:(?!:))`, 'g')
const LAST_DIGIT = 'its last digit differs between runtimes: use'

/** The linter knows most of these too; this is the net below it. */
const BANS: readonly Ban[] = [
  {
    pattern: name('Date|performance'),
    instead: 'the wall clock differs between runs: use `sim.clock[0]` or a parameter',
  },
  {
    pattern: name('setTimeout|setInterval|setImmediate|queueMicrotask|requestAnimationFrame'),
    instead: 'schedule in virtual time: `sim.after(delayUs, target, arg)`',
  },
  { pattern: name('Promise'), instead: 'the core is synchronous: answer later with `sim.replyAfter` or from a timer' },
  {
    pattern: /\basync\s+(?:function\b|\(|[\w$]+\s*(?:\(|=>))|\bawait\s+[\w$([]/g,
    instead: 'the core is synchronous: answer later with `sim.replyAfter` or from a timer',
  },
  {
    pattern: /\bfunction\s*\*|\byield\b(?!\s*[:,=])|^\s*(?:static\s+)?\*\s*[\w$[]+\s*\(/gm,
    instead: 'generators cannot be copied into a snapshot: use a program counter or a class with fields',
  },
  { pattern: /\bimport\(/g, instead: 'the core is synchronous: import at the top' },
  {
    pattern: /\bfor\s*\(\s*(?:const|let|var)\s[^;)]*?\sin\s/g,
    instead: 'the order of keys is the author’s: walk an array, or `Object.keys(…)` sorted',
  },
  {
    pattern: /\.(?:localeCompare|toLocale\w+)\b|(?<![.\w$])Intl\b/g,
    instead: 'ICU differs between runtimes: compare with `<`, format digits by hand',
  },
  { pattern: /\bMath\.random\b|(?<![.\w$])crypto\b(?!\s*:)/g, instead: 'draw from `sim.rng(purpose)`' },
  { pattern: /\bMath\.(?:log|log2|log10)\b/g, instead: `${LAST_DIGIT} \`ln\` or \`log2Floor\` of sim/engine/math.ts` },
  {
    pattern: /\bMath\.(?:exp|expm1|log1p|pow|sin|cos|cbrt)\b/g,
    instead: `${LAST_DIGIT} its namesake in sim/engine/math.ts (\`ln1p\` for log1p)`,
  },
  {
    pattern: /\bMath\.(?:tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|hypot)\b/g,
    instead: `${LAST_DIGIT} what sim/engine/math.ts and \`Math.sqrt\` give`,
  },
  { pattern: /\*\*/g, instead: `${LAST_DIGIT} \`pow\` of sim/engine/math.ts, or multiply` },
  {
    pattern: /\bMath\s*(?:\[|;|,|\)|$)/gm,
    instead: 'name the function of `Math` where it is used, so that it can be checked',
  },
  {
    pattern: name('globalThis|process|WeakRef|FinalizationRegistry'),
    instead: 'the core knows neither its runtime nor its garbage collector: pass what it needs',
  },
  {
    pattern: /\b(?:e|err|error)\.stack\b/g,
    instead: 'stack traces differ between runtimes: say the place in the message',
  },
]

/** Forms in the core that could make two runs differ. */
export function determinismProblems(files: readonly SourceFile[]): string[] {
  const problems: string[] = []
  for (const { path, text } of files) {
    if (!path.startsWith('sim/') || path.startsWith('sim/cli/') || !isSource(path) || isTest(path)) continue
    const code = codeOf(text)
    for (const ban of BANS) {
      for (const match of code.matchAll(ban.pattern)) {
        problems.push(`${path}:${lineAt(code, match.index)}: \`${match[0].trim()}\`: ${ban.instead}`)
      }
    }
  }
  return problems
}

/** Source files whose first line is not a comment that says in a sentence what the file is for. */
export function firstLineProblems(files: readonly SourceFile[]): string[] {
  const problems: string[] = []
  for (const { path, text } of files) {
    if (!isSource(path) && path !== '.ci/run') continue
    const lines = text.split('\n')
    if (lines[0].startsWith('#!')) lines.shift()
    const mark = path === '.ci/run' ? '# ' : '// '
    const end = lines.findIndex((line) => !line.startsWith(mark))
    const paragraph = lines
      .slice(0, end < 0 ? lines.length : end)
      .map((line) => line.slice(mark.length))
      .join(' ')
    if (!/^[A-Z`“‘'"0-9].*[.:](?:\s|$)/.test(paragraph) || paragraph.split(/\s+/).length < 4) {
      problems.push(
        `${path}:1: begin with a comment: one sentence (capital letter, full stop) that says what the file is for`,
      )
    }
  }
  return problems
}

// Put together here, so that this file does not contain what it looks for.
const LEFT_BEHIND = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`, 'g')
const MACHINE = new RegExp(`(?<![\\w.)}*])/(?:${['work', 'tmp', 'root', 'home', 'Users'].join('|')})/[\\w.~-]`, 'g')
const REGISTRY = /https?:\/\/[\w.-]*(?:registry|artifactory|nexus|verdaccio|mirror)[\w.-]*/gi
const PUBLIC_REGISTRY = 'https://registry.npmjs.org'

/** Words that say something is unfinished, and traces of the machine that the project was written on. */
export function leftoverProblems(files: readonly SourceFile[]): string[] {
  const problems: string[] = []
  for (const { path, text } of files) {
    const at = (index: number): string => `${path}:${lineAt(text, index)}`
    // The copy of the notes' facts is not ours to word.
    if (path !== 'test/facts/facts.yaml') {
      for (const match of text.matchAll(LEFT_BEHIND))
        problems.push(`${at(match.index)}: \`${match[0]}\`: finish it, or file an issue and say the limit plainly`)
    }
    for (const match of text.matchAll(MACHINE))
      problems.push(`${at(match.index)}: \`${match[0]}…\` is a path of one machine: write it relative to the checkout`)
    for (const match of text.matchAll(REGISTRY)) {
      if (match[0] !== PUBLIC_REGISTRY)
        problems.push(
          `${at(match.index)}: \`${match[0]}\` is the registry of one machine: leave it to npm's configuration`,
        )
    }
    if (path.endsWith('.npmrc')) problems.push(`${path}: npm's configuration belongs to the machine: remove the file`)
  }
  return problems
}

/** Rules and facts cited anywhere in our sources that no list knows. Families are read from the lists themselves. */
export function citationProblems(files: readonly SourceFile[], known: ReadonlySet<string>): string[] {
  const families = new Set(
    [...known].filter((id) => !id.startsWith('N.')).map((id) => id.replace(/-[RV]?\d+[a-z]?$/, '')),
  )
  const problems: string[] = []
  for (const { path, text } of files) {
    // The tests of the fact counter and of these rules speak of ids that are wrong on purpose.
    if (!isSource(path) || path.startsWith('test/facts/') || path.startsWith('test/tidy/')) continue
    for (const match of text.matchAll(
      /(?<![\w.-])(?:N\.[A-Z0-9]+(?:-[A-Z0-9]+)*-\d\d+|([A-Z][A-Z0-9]+)-[RV]?\d+[a-z]?)(?![\w-])/g,
    )) {
      if (match[1] !== undefined && !families.has(match[1])) continue
      if (!known.has(match[0]))
        problems.push(
          `${path}:${lineAt(text, match.index)}: nobody knows ${match[0]}; ids are listed in test/facts/facts.yaml and rules.txt`,
        )
    }
  }
  return problems
}
